package stack

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
)

// LogLine is one that a function wrote, or that the runtime wrote about it.
type LogLine struct {
	At   time.Time
	Text string
}

// Logs are the lines of the function of a folder since a time, oldest first.
func (s *Stack) Logs(ctx context.Context, folder string, since time.Time) ([]LogLine, error) {
	name, found := s.Functions[folder]
	if !found {
		return nil, fmt.Errorf("there is no function %q", folder)
	}
	var all []LogLine
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(s.config()), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String("/aws/lambda/" + name), StartTime: aws.Int64(since.UnixMilli()),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("logs of %s: %w", folder, err)
		}
		for _, e := range page.Events {
			all = append(all, LogLine{At: time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC(), Text: aws.ToString(e.Message)})
		}
	}
	return all, nil
}
