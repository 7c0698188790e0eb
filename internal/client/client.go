// Package client holds what every AWS client of a function is built from. It
// names no service: each function links only the clients that it calls.
//
// The SDK's config package isn't used: in Lambda the region and credentials are
// in the environment, and leaving it out keeps the binaries small and their
// start quick.
package client

import (
	"context"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// HTTP is shared by all clients of a function, so connections are reused
// between invocations.
var HTTP = &http.Client{
	Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 2 * time.Second, MaxIdleConnsPerHost: 8, IdleConnTimeout: 5 * time.Minute,
		ResponseHeaderTimeout: 5 * time.Second, ForceAttemptHTTP2: false,
	},
}

// Credentials are the function's own, as Lambda puts them into the environment.
func Credentials() aws.CredentialsProvider {
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "environment",
		}, nil
	}))
}

// Endpoint is where a service is when it isn't AWS: the variables that the SDK
// documents. nil is AWS.
func Endpoint(service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url := os.Getenv(name); url != "" {
			return &url
		}
	}
	return nil
}

// Retryer tries what failed for the moment three times in all.
func Retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 3, time.Second })
}
