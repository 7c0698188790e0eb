package suppression

import (
	"os"

	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/partner-onboarding/partner-onboarding/internal/client"
)

// New makes the list of the function's account.
func New() List {
	return List{API: sesv2.New(sesv2.Options{
		Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: client.Endpoint("SESV2"), HTTPClient: client.HTTP, Retryer: client.Retryer(),
	})}
}
