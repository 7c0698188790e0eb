package main

import (
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/partner-onboarding/partner-onboarding/internal/client"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
)

// storage is the bucket of the documents. On AWS its name is part of the host;
// elsewhere, where no such hosts are, of the path.
func storage(bucket string, now func() time.Time) *document.Bucket {
	endpoint := client.Endpoint("S3")
	c := s3.New(s3.Options{
		Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: endpoint, UsePathStyle: endpoint != nil, HTTPClient: client.HTTP, Retryer: client.Retryer(),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	return &document.Bucket{Name: bucket, API: c, Signer: s3.NewPresignClient(c), Now: now}
}
