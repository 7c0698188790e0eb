package stack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// What a search for malware can find, as GuardDuty tags it.
const (
	NoThreatsFound = "NO_THREATS_FOUND"
	ThreatsFound   = "THREATS_FOUND"
)

const scanTag = "GuardDutyMalwareScanStatus"

// S3 speaks to the storage of documents.
func (s *Stack) S3() *s3.Client {
	return s3.NewFromConfig(s.config(), func(o *s3.Options) { o.UsePathStyle = true })
}

// Scan takes the part of the search for malware, which nobody does locally: it
// tags each version of a partner's documents that has no result yet, as
// GuardDuty does, and sends the document function the event that it sends. It
// returns how many there were.
func (s *Stack) Scan(ctx context.Context, partnerID, result string) (int, error) {
	storage, scanned := s.S3(), 0
	pages := s3.NewListObjectVersionsPaginator(storage, &s3.ListObjectVersionsInput{Bucket: &s.DocumentsBucket, Prefix: aws.String("documents/" + partnerID + "/")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return scanned, fmt.Errorf("list the documents of %s: %w", partnerID, err)
		}
		for _, v := range page.Versions {
			done, err := s.scanVersion(ctx, storage, v, result)
			if err != nil {
				return scanned, err
			}
			if done {
				scanned++
			}
		}
	}
	return scanned, nil
}

func (s *Stack) scanVersion(ctx context.Context, storage *s3.Client, v types.ObjectVersion, result string) (bool, error) {
	tags, err := storage.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &s.DocumentsBucket, Key: v.Key, VersionId: v.VersionId})
	var gone *types.NoSuchKey
	if errors.As(err, &gone) {
		return false, nil // deleted meanwhile
	}
	if err != nil {
		return false, fmt.Errorf("tags of %s: %w", aws.ToString(v.Key), err)
	}
	for _, tag := range tags.TagSet {
		if aws.ToString(tag.Key) == scanTag {
			return false, nil
		}
	}
	if _, err := storage.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: &s.DocumentsBucket, Key: v.Key, VersionId: v.VersionId,
		Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String(scanTag), Value: &result}}},
	}); err != nil {
		return false, fmt.Errorf("tag %s: %w", aws.ToString(v.Key), err)
	}
	_, err = s.Invoke(ctx, "document", map[string]any{
		"version": "0", "id": "00000000-0000-0000-0000-000000000000", "source": "aws.guardduty", "detail-type": "GuardDuty Malware Protection Object Scan Result",
		"account": account, "region": s.Region, "time": time.Now().UTC().Format(time.RFC3339), "resources": []string{},
		"detail": map[string]any{
			"schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
			"s3ObjectDetails": map[string]any{
				"bucketName": s.DocumentsBucket, "objectKey": aws.ToString(v.Key), "eTag": aws.ToString(v.ETag), "versionId": aws.ToString(v.VersionId), "s3Throttled": false,
			},
			"scanResultDetails": map[string]any{"scanResultStatus": result, "threats": nil},
		},
	})
	return true, err
}
