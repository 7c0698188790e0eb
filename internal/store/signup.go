package store

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// otherPartner refuses an account that is a user of another partner.
var otherPartner = onboarding.Refuse(onboarding.CodeOtherPartner,
	"Your account belongs to another partner already, and an account belongs to one. Leave that one first, or sign up with another address and have that invited.")

// signUp keeps whose user somebody is who signed up by himself (A7): the tenant
// of his account names the partner that he joined, so that he finds it and can't
// enrol or join a second one. It is free again once he is removed. The founder's
// own tenant is the partner's for ever (E3).
func (s *Store) signUp(before, after onboarding.Partner) []write {
	if after.WorkAccount != onboarding.WorkAccountNew {
		return nil
	}
	var writes []write
	for _, m := range after.Members {
		if _, was := before.Member(m.UserID); !was && onboarding.SignUpTenant(m.UserID) != after.TenantID {
			unique := key(tenantPK(onboarding.SignUpTenant(m.UserID)), uniqueSK)
			unique["partnerId"] = str(after.ID)
			writes = append(writes, write{s.newPut(unique), otherPartner})
		}
	}
	for _, m := range before.Members {
		if _, is := after.Member(m.UserID); !is && onboarding.SignUpTenant(m.UserID) != after.TenantID {
			writes = append(writes, write{types.TransactWriteItem{Delete: &types.Delete{
				TableName: &s.table, Key: key(tenantPK(onboarding.SignUpTenant(m.UserID)), uniqueSK),
				ConditionExpression: aws.String("attribute_not_exists(pk) OR partnerId = :partner"), ExpressionAttributeValues: item{":partner": str(after.ID)},
			}}, nil})
		}
	}
	return writes
}
