package stack

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestDocumentsAreKeptFromEverybodyButTheirFunctionAndTheScan(t *testing.T) {
	resources := template(t)
	bucket := resources["Documents"].Properties
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if at(bucket, "PublicAccessBlockConfiguration", block) != "true" {
			t.Errorf("%s is not set", block)
		}
	}
	rules, _ := at(bucket, "CorsConfiguration", "CorsRules").([]any)
	if len(rules) != 1 || at(rules[0].(map[string]any)["AllowedOrigins"].([]any)[0], "Ref") != "PortalUrl" || !slices.Equal(texts(at(rules[0], "AllowedMethods")), []string{"POST", "GET"}) {
		t.Errorf("the bucket answers %v", rules)
	}
	if at(bucket, "VersioningConfiguration", "Status") != "Enabled" {
		t.Error("a receipt's version would be lost")
	}
	policy, err := json.Marshal(resources["DocumentsPolicy"].Properties)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"aws:SecureTransport":"false"`, `"s3:signatureversion":"AWS4-HMAC-SHA256"`, `"ArnNotEquals":{"aws:PrincipalArn":{"GetAtt":"ScanRole.Arn"}}`} {
		if !strings.Contains(string(policy), want) {
			t.Errorf("the bucket's policy lacks %s", want)
		}
	}
	if strings.Contains(string(policy), `"Allow"`) {
		t.Error("the bucket's policy allows something")
	}
	for id, f := range of(resources, "AWS::Serverless::Function") {
		policies, err := json.Marshal(f.Properties["Policies"])
		if err != nil {
			t.Fatal(err)
		}
		if may := strings.Contains(string(policies), `"s3:`); may != (id == "DocumentFunction" || id == "MembershipFunction") {
			t.Errorf("%s may use S3: %t", id, may)
		}
		if of := strings.Contains(string(policies), "Documents.Arn"); of != (id == "DocumentFunction") {
			t.Errorf("%s may use the documents: %t", id, of)
		}
		if strings.Contains(string(policies), "Tagging") && strings.Contains(string(policies), "s3:PutObjectTagging") {
			t.Errorf("%s may tag documents as clean", id)
		}
	}
	if plan := resources["ScanPlan"]; plan.Condition != "Deployed" || at(plan.Properties, "Actions", "Tagging", "Status") != "ENABLED" || at(plan.Properties, "ProtectedResource", "S3Bucket", "BucketName", "Ref") != "Documents" {
		t.Errorf("the scan's plan is %+v", plan)
	}
}
