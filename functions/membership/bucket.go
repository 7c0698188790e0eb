package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/partner-onboarding/partner-onboarding/internal/filing"
)

// files keeps an import's files; *bucket does.
type files interface {
	// Get reads a file, at most one byte more than a file may have. ok is false
	// when there is none.
	Get(ctx context.Context, key string) (content []byte, ok bool, err error)
	Put(ctx context.Context, key string, content []byte) error
	// List lists the keys below a prefix, in order.
	List(ctx context.Context, prefix string) ([]string, error)
	// Link signs a link that a browser saves under a name.
	Link(ctx context.Context, key, name string) (url string, err error)
}

const linkLife = 5 * time.Minute

type bucket struct {
	name   string
	api    *s3.Client
	signer *s3.PresignClient
}

// Get implements files.
func (b *bucket) Get(ctx context.Context, key string) ([]byte, bool, error) {
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	var coded smithy.APIError
	if errors.As(err, &coded) && (coded.ErrorCode() == "NoSuchKey" || coded.ErrorCode() == "NotFound") {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("membership: read a file: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(out.Body, filing.MaxBytes+1))
	_ = out.Body.Close() // all that is wanted of it has been read
	if err != nil {
		return nil, false, fmt.Errorf("membership: read a file: %w", err)
	}
	return content, true, nil
}

// Put implements files.
func (b *bucket) Put(ctx context.Context, key string, content []byte) error {
	if _, err := b.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: bytes.NewReader(content)}); err != nil {
		return fmt.Errorf("membership: write a file: %w", err)
	}
	return nil
}

// List implements files.
func (b *bucket) List(ctx context.Context, prefix string) (keys []string, err error) {
	in := &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix}
	for {
		out, err := b.api.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("membership: list files: %w", err)
		}
		for _, o := range out.Contents {
			keys = append(keys, aws.ToString(o.Key))
		}
		if !aws.ToBool(out.IsTruncated) {
			return keys, nil
		}
		in.ContinuationToken = out.NextContinuationToken
	}
}

// Link implements files.
func (b *bucket) Link(ctx context.Context, key, name string) (string, error) {
	signed, err := b.signer.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.name, Key: &key, ResponseContentDisposition: aws.String(`attachment; filename="` + name + `"`), ResponseContentType: aws.String("text/csv; charset=utf-8"), ResponseCacheControl: aws.String("no-store"),
	}, s3.WithPresignExpires(linkLife))
	if err != nil {
		return "", fmt.Errorf("membership: sign a link: %w", err)
	}
	return signed.URL, nil
}
