package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// maxSame is how many partners are looked at that may be the same company, or
// have a mail domain in common.
const maxSame = 20

func companyPK(k string, test bool) string { return "COMPANY#" + mark(test) + k }

func domainPK(domain string) string { return "DOMAIN#" + domain }

// mark keeps test partners apart: nothing about them is real.
func mark(test bool) string {
	if test {
		return "TEST#"
	}
	return ""
}

// companies keeps under which keys a partner's company is found (E8), and which
// mail domains are its own. What no longer holds is marked as gone and leaves the
// table by its expiry: so no function needs to be allowed to delete.
func (s *Store) companies(before, after onboarding.Partner, e onboarding.Event) []write {
	now := after.Real(e.At)
	companies := func(p onboarding.Partner) []string {
		return under(func(k string) string { return companyPK(k, after.Test) }, p.CompanyKeys())
	}
	domains := func(p onboarding.Partner) []string { return under(domainPK, p.ProvenDomains()) }
	return append(s.index(after.ID, companies(before), companies(after), now), s.index(after.ID, domains(before), domains(after), now)...)
}

func under(pk func(string) string, keys []string) []string {
	list := make([]string, 0, len(keys))
	for _, k := range keys {
		list = append(list, pk(k))
	}
	return list
}

func (s *Store) index(partnerID string, before, after []string, now time.Time) []write {
	var writes []write
	put := func(pk string, gone bool) {
		i := key(pk, partnerPK(partnerID))
		i["since"] = str(stamp(now))
		if gone {
			i["expiresAt"] = num(int(now.Unix()))
		}
		writes = append(writes, write{types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: i}}, nil})
	}
	for _, pk := range after {
		if !slices.Contains(before, pk) {
			put(pk, false)
		}
	}
	for _, pk := range before {
		if !slices.Contains(after, pk) {
			put(pk, true)
		}
	}
	return writes
}

// SameCompany reads the other partners that are the same company by one of a
// partner's keys (E8), and by which: a query for each key, and one read of the
// partners when there are any.
func (s *Store) SameCompany(ctx context.Context, p onboarding.Partner) ([]onboarding.Twin, error) {
	by := map[string][]string{}
	var ids []string
	for _, k := range p.CompanyKeys() {
		found, err := s.indexed(ctx, companyPK(k, p.Test))
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			if id == p.ID {
				continue
			}
			if by[id] == nil && len(ids) < maxSame {
				ids = append(ids, id)
			}
			kind, _, _ := strings.Cut(k, "#")
			if !slices.Contains(by[id], kind) {
				by[id] = append(by[id], kind)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]item, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, key(partnerPK(id), partnerSK))
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	var twins []onboarding.Twin
	for _, i := range items {
		r, err := partnerRecord(i)
		if err != nil {
			return nil, err
		}
		twins = append(twins, onboarding.Twin{Partner: r.Partner, By: by[r.Partner.ID]})
	}
	slices.SortFunc(twins, func(a, b onboarding.Twin) int { return a.Partner.EnrolledAt.Compare(b.Partner.EnrolledAt) })
	return twins, nil
}

// PartnersAt reads which partners have a mail domain (E8).
func (s *Store) PartnersAt(ctx context.Context, domain string) ([]string, error) {
	if domain == "" {
		return nil, nil
	}
	return s.indexed(ctx, domainPK(domain))
}

func (s *Store) indexed(ctx context.Context, pk string) ([]string, error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(2 * maxSame),
		KeyConditionExpression: aws.String("pk = :pk"), FilterExpression: aws.String("attribute_not_exists(expiresAt)"), ExpressionAttributeValues: item{":pk": str(pk)},
	})
	if err != nil {
		return nil, fmt.Errorf("store: index: %w", err)
	}
	var ids []string
	for _, i := range out.Items {
		ids = append(ids, strings.TrimPrefix(text(i, "sk"), "PARTNER#"))
	}
	return ids, nil
}
