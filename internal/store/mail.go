package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// DueMail are sent mails of which nothing final was heard.
const DueMail DueKind = "MAIL"

// deliverySK begins the sort key of a sent mail. It sorts before the events.
const deliverySK = "DELIVERY#"

const mailLifetime = 400 * 24 * time.Hour

// SentMail is a mail that was sent, as it lies in the table.
type SentMail struct {
	onboarding.SentMail
	MessageID string
	Looks     int       // of the sweep, so far
	DueAt     time.Time // when the sweep looks, zero when it doesn't
}

// MailKey says whether a text can be a mail's key: letters, digits and "-", as
// the outbox makes them.
func MailKey(key string) bool {
	return key != "" && len(key) <= 256 && !strings.ContainsFunc(key, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// mailNames keeps clear of DynamoDB's reserved words.
var mailNames = map[string]string{
	"#rank": "rank", "#state": "state", "#stateAt": "stateAt", "#template": "template", "#to": "to", "#sentAt": "sentAt",
	"#message": "messageId", "#params": "params", "#duePk": "duePk", "#dueAt": "dueAt", "#expires": "expiresAt", "#looks": "looks",
}

// names picks those an expression uses: DynamoDB refuses unused ones.
func names(expressions ...string) map[string]string {
	used := map[string]string{}
	for _, e := range expressions {
		for word := range strings.FieldsFuncSeq(e, func(r rune) bool { return strings.ContainsRune(" ,=<>()", r) }) {
			if name, ok := mailNames[word]; ok {
				used[word] = name
			}
		}
	}
	return used
}

// RecordSent keeps that the mail service took a mail, and has the sweep look at
// it when nothing final was heard by then. A state that an event has written
// before stays; recorded twice, for a mail that went out twice, it is one mail.
func (s *Store) RecordSent(ctx context.Context, partnerID string, m SentMail) error {
	params, err := json.Marshal(m.Params)
	if err != nil {
		return fmt.Errorf("store: encode the mail %s: %w", m.Key, err)
	}
	set := "SET #template = :template, #to = :to, #sentAt = if_not_exists(#sentAt, :sentAt), #message = :message, #params = :params, #expires = :expires, " +
		"#rank = if_not_exists(#rank, :rank), #state = if_not_exists(#state, :state), #stateAt = if_not_exists(#stateAt, :stateAt)"
	values := item{
		":template": str(string(m.Template)), ":to": str(m.To), ":sentAt": str(stamp(m.SentAt)), ":message": str(m.MessageID), ":params": str(string(params)),
		":expires": num(int(m.SentAt.Add(mailLifetime).Unix())), ":rank": num(m.State.Rank()), ":state": str(string(m.State)), ":stateAt": str(stamp(m.StateAt)),
	}
	if m.DueAt.IsZero() {
		_, err := s.updateMail(ctx, partnerID, m.Key, set, "", values)
		return err
	}
	due := item{":open": num(onboarding.MailStateUnknown.Rank()), ":duePk": str(duePK(DueMail, partnerID)), ":dueAt": str(stamp(m.DueAt))}
	for name, v := range values {
		due[name] = v
	}
	_, err = s.updateMail(ctx, partnerID, m.Key, set+", #duePk = :duePk, #dueAt = if_not_exists(#dueAt, :dueAt)", "attribute_not_exists(#rank) OR #rank < :open", due)
	if errors.Is(err, ErrConflict) { // its fate is known already: nobody needs to look
		_, err = s.updateMail(ctx, partnerID, m.Key, set, "", values)
	}
	return err
}

// RecordMailState raises a mail's state; a lower one, or the same, changes
// nothing. known is false when no such mail was recorded, and then nothing is
// written.
func (s *Store) RecordMailState(ctx context.Context, partnerID, key string, state onboarding.MailState, at time.Time) (known bool, err error) {
	old, err := s.updateMail(ctx, partnerID, key, raise(state), "attribute_exists(pk) AND #rank < :rank", raised(state, at))
	if errors.Is(err, ErrConflict) {
		return old != nil, nil
	}
	return err == nil, err
}

// RecordEarlyMailState does the same for a mail that the outbox has not
// recorded yet: its event was faster.
func (s *Store) RecordEarlyMailState(ctx context.Context, partnerID, key string, state onboarding.MailState, at time.Time) error {
	values := raised(state, at)
	values[":expires"] = num(int(at.Add(mailLifetime).Unix()))
	set, remove, _ := strings.Cut(raise(state), " REMOVE")
	set += ", #expires = if_not_exists(#expires, :expires)"
	if remove != "" {
		set += " REMOVE" + remove
	}
	_, err := s.updateMail(ctx, partnerID, key, set, "attribute_not_exists(#rank) OR #rank < :rank", values)
	if errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}

func raise(state onboarding.MailState) string {
	set := "SET #rank = :rank, #state = :state, #stateAt = :stateAt"
	if state.Settled() {
		set += " REMOVE #duePk, #dueAt"
	}
	return set
}

func raised(state onboarding.MailState, at time.Time) item {
	return item{":rank": num(state.Rank()), ":state": str(string(state)), ":stateAt": str(stamp(at))}
}

// LookAgain has the sweep look at a mail again at a time. It fails with
// ErrConflict when another sweep has looked, or the mail's fate was heard of.
func (s *Store) LookAgain(ctx context.Context, partnerID string, seen SentMail, next time.Time) error {
	_, err := s.updateMail(ctx, partnerID, seen.Key, "SET #dueAt = :next, #looks = :looks", "#dueAt = :seen",
		item{":next": str(stamp(next)), ":looks": num(seen.Looks + 1), ":seen": str(stamp(seen.DueAt))})
	return err
}

// updateMail writes to a mail's item. When the condition fails the error is
// ErrConflict, and old the item that is there, nil for none.
func (s *Store) updateMail(ctx context.Context, partnerID, mailKey, update, condition string, values item) (old item, err error) {
	in := &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(partnerPK(partnerID), deliverySK+mailKey), UpdateExpression: &update,
		ExpressionAttributeNames: names(update, condition), ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	if condition != "" {
		in.ConditionExpression = &condition
	}
	_, err = s.db.UpdateItem(ctx, in)
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return failed.Item, ErrConflict
	}
	if err != nil {
		return nil, fmt.Errorf("store: the mail %s of %s: %w", mailKey, partnerID, err)
	}
	return nil, nil
}

// Mail reads one sent mail; known is false when there is none.
func (s *Store) Mail(ctx context.Context, partnerID, mailKey string) (m SentMail, known bool, err error) {
	items, err := s.batchGet(ctx, []item{key(partnerPK(partnerID), deliverySK+mailKey)})
	if err != nil || len(items) == 0 {
		return SentMail{}, false, err
	}
	m, err = sentMail(items[0])
	return m, err == nil, err
}

// Mails reads a page of a partner's sent mails, newest first; those to
// staff and distributors only on demand. cursor is "" for the first page, else what the page before
// returned as next. A page may hold fewer than limit although there is a next.
func (s *Store) Mails(ctx context.Context, partnerID string, staffs bool, cursor string, limit int) (mails []SentMail, next string, err error) {
	filter := "attribute_exists(#template)" // else only an event came so far
	values := item{":pk": str(partnerPK(partnerID)), ":mail": str(deliverySK)}
	if !staffs {
		filter += " AND #to <> :staff AND NOT begins_with(#to, :distributor)"
		values[":staff"], values[":distributor"] = str(onboarding.MailToStaff), str(onboarding.MailToDistributor(""))
	}
	in := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(int32(limit)),
		KeyConditionExpression: aws.String("pk = :pk AND begins_with(sk, :mail)"), FilterExpression: &filter,
		ExpressionAttributeNames: names(filter), ExpressionAttributeValues: values,
	}
	if cursor != "" {
		if !MailKey(cursor) {
			return nil, "", onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
		}
		in.ExclusiveStartKey = key(partnerPK(partnerID), deliverySK+cursor)
	}
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("store: mails of %s: %w", partnerID, err)
	}
	for _, i := range out.Items {
		m, err := sentMail(i)
		if err != nil {
			return nil, "", err
		}
		mails = append(mails, m)
	}
	return mails, strings.TrimPrefix(text(out.LastEvaluatedKey, "sk"), deliverySK), nil
}

func sentMail(i item) (SentMail, error) {
	m := SentMail{MessageID: text(i, "messageId"), Looks: number(i, "looks"), DueAt: parseStamp(text(i, "dueAt"))}
	m.Key, m.Template, m.To = strings.TrimPrefix(text(i, "sk"), deliverySK), onboarding.MailTemplate(text(i, "template")), text(i, "to")
	m.SentAt, m.State, m.StateAt = parseStamp(text(i, "sentAt")), onboarding.MailState(text(i, "state")), parseStamp(text(i, "stateAt"))
	if params := text(i, "params"); params != "" {
		if err := json.Unmarshal([]byte(params), &m.Params); err != nil {
			return m, fmt.Errorf("store: the mail %s: %w", m.Key, err)
		}
	}
	return m, nil
}
