// Package store keeps partners in one DynamoDB table.
//
// A read is one round trip. A command is one read and one transaction, which
// holds the partner's next state, its event with what must follow, and the
// answer to the request if it carried an Idempotency-Key: all of it or nothing.
// Items and their keys:
//
//	partner      PARTNER#<id>          PARTNER              guarded by version and workflowRevision
//	event        PARTNER#<id>          EVENT#<sequence>     hash-chained; due while something must follow
//	sent mail    PARTNER#<id>          DELIVERY#<key>       its state only rises; expires by TTL
//	direct bill  PARTNER#<id>          DIRECTBILL           in its queue while staff owes something
//	customer     PARTNER#<id>          DIRECTBILL#<id>      of the transition plan; guarded by revision
//	acceptance   PARTNER#<id>          ACCEPTANCE#<event>   of the agreement; due while its partner awaits a newer version
//	relationship PARTNER#<id>          RELATIONSHIP#<id>    entry in its distributor's list
//	invitation   INVITATION#<id>       INVITATION           a distributor's link, in its list; expires by TTL
//	uniqueness   UNIQUE#TENANT#<id>    UNIQUE               one partner per tenant (E3), and per account that joined one (A7)
//	same company COMPANY#<key>         PARTNER#<id>         which partners are it (E8); one that is gone expires by TTL
//	mail domain  DOMAIN#<domain>       PARTNER#<id>         which partners have it (E8), likewise
//	on file      MEMBERSHIP#<id>       MEMBERSHIP           an existing membership (E5), linked to a partner once
//	tries        TRY#<what>            TRY                  of what can't be tried without end; expires by TTL
//	import       IMPORTS               <id>                 of records on file, with what came of its rows
//	batch        IMPORT#<id>           BATCH#<row>          was counted; expires by TTL
//	request      REQUEST#<hash>        REQUEST              expires by TTL
//	location     LOCATIONS#<id>        LOCATION#<id>        thousands a partner (L1)
//	list         LOCATIONS#<id>        LIST#<id>            of locations being added; due until all are there
//	part         LOCATIONS#<id>        PART#<id>#<n>        of such a list, packed, until its locations are there
//	uniqueness   UNIQUE#LOCATION#…     UNIQUE               one location per address of a partner (L5)
//
// Two sparse indexes: "due" (what time or the outbox must look at) and "queue"
// (operators' lists, and each distributor's of its resellers).
package store

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Shards is the number of partitions that each kind of due item is spread
// over. Writers pick one by the partner's id; sweeps read all of them.
const Shards = 4

// DueKind is a kind of due item.
type DueKind string

// The kinds of due items.
const (
	DueOutbox    DueKind = "OUTBOX"    // events whose consequences aren't all done
	DueDeadline  DueKind = "DEADLINE"  // partners that time alone will change
	DueLocations DueKind = "LOCATIONS" // lists of locations that nobody is adding
)

func partnerPK(id string) string { return "PARTNER#" + id }

// Nothing may sort between the events and the partner: a page of the timeline
// reads the partner and its newest events in one query, downwards from
// partnerSK.
const (
	partnerSK = "PARTNER"
	eventSK   = "EVENT#"
	uniqueSK  = "UNIQUE"
	requestSK = "REQUEST"
)

func eventKey(sequence int) string { return fmt.Sprintf("%s%010d", eventSK, sequence) }

func tenantPK(tenantID string) string { return "UNIQUE#TENANT#" + tenantID }

func requestPK(hash string) string { return "REQUEST#" + hash }

func duePK(kind DueKind, partnerID string) string {
	h := fnv.New32a()
	h.Write([]byte(partnerID))
	return shardPK(kind, int(h.Sum32()%Shards))
}

func shardPK(kind DueKind, shard int) string { return string(kind) + "#" + strconv.Itoa(shard) }

func queuePK(q onboarding.Queue) string { return "QUEUE#" + string(q) }

type item = map[string]types.AttributeValue

func key(pk, sk string) item { return item{"pk": str(pk), "sk": str(sk)} }

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

func text(i item, name string) string {
	if s, ok := i[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func number(i item, name string) int {
	if s, ok := i[name].(*types.AttributeValueMemberN); ok {
		n, _ := strconv.Atoi(s.Value)
		return n
	}
	return 0
}

// stamp writes a time so that texts sort like times.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func parseStamp(s string) time.Time {
	t, _ := time.Parse("2006-01-02T15:04:05.000Z", s)
	return t
}
