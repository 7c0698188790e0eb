//go:build stack

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/api"
)

const recordsHeader = "partnerId,legalName,country,contactFirstName,contactLastName,contactEmail,contactPhone,authorizedAt,addressLine1,locality,postalCode,registrationNumber\n"

// put lays a file of records into the bucket, as an operator does.
func (w *world) put(key, content string) {
	w.Helper()
	if _, err := w.stack.S3().PutObject(w.Context(), &s3.PutObjectInput{Bucket: &w.stack.ImportsBucket, Key: &key, Body: strings.NewReader(content)}); err != nil {
		w.Fatal(err)
	}
}

// ask reads something as staff.
func (w *world) ask(path string, into any) {
	w.Helper()
	a := w.call(reviewer, "GET", path, nil)
	if a.status != 200 {
		w.Fatalf("%s: %d: %s", path, a.status, a.body)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		w.Fatal(err)
	}
}

// imported waits for the import of a file to end.
func (w *world) imported(file string) api.Import {
	w.Helper()
	var found api.Import
	w.until("the import of "+file, func() bool {
		var page api.ImportPage
		w.ask("/imports?limit=100", &page)
		for _, i := range page.Items {
			if i.File == file && !i.EndedAt.IsZero() {
				found = i
				return true
			}
		}
		return false
	})
	w.ask("/imports/"+found.ImportID, &found)
	return found
}

func TestE5_AnUploadedFileIsImportedAndARecordOfItIsEnrolledWith(t *testing.T) {
	w := newWorld(t)
	c := w.newCompany()
	n := time.Now().UnixNano()
	id, file := fmt.Sprintf("E2E-%d", n), fmt.Sprintf("imports/e2e-%d.csv", n)
	record := id + ",Contoso Ltd,GB,Ada,Lund," + c.admin + ",020 7946 0018,2019-06-03,1 Paddington Square,London,W2 1GG,01234567\n"
	w.put(file, "\ufeff"+recordsHeader+record+strings.Replace(record, "W2 1GG", "10115", 1)+"E2E-X,too,short\n")
	done := w.imported(file)
	if done.State != api.ImportStateDone || done.Rows != 3 || done.Counts != (api.ImportCounts{Created: 1, Refused: 2}) || done.ResultFile == nil {
		t.Fatalf("%+v", done)
	}
	t.Run("E5 the result has a line for each row", func(t *testing.T) {
		out, err := w.stack.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &w.stack.ImportsBucket, Key: aws.String("results/" + done.ImportID + ".csv")})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		buffer := make([]byte, 4096)
		for {
			n, err := out.Body.Read(buffer)
			b.Write(buffer[:n])
			if err != nil {
				break
			}
		}
		if !strings.Contains(b.String(), "2,"+id+",created,") || !strings.Contains(b.String(), "3,"+id+",refused,partnerId (duplicate)") || !strings.Contains(b.String(), "4,E2E-X,refused,") {
			t.Error(b.String())
		}
	})
	t.Run("E5 the same file again, started by hand, changes nothing", func(t *testing.T) {
		w := &world{t, w.stack}
		input := `{"file": "` + file + `"}`
		out, err := w.stack.StepFunctions().StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &w.stack.ImportStateMachine, Input: &input})
		if err != nil {
			t.Fatal(err)
		}
		status, output := w.ended(*out.ExecutionArn)
		if counts, _ := output["counts"].(map[string]any); status != "SUCCEEDED" || counts["unchanged"] != 1.0 || counts["created"] != 0.0 {
			t.Errorf("%s %v", status, output)
		}
	})
	t.Run("E5 an input that names no file fails with a cause that a person can read", func(t *testing.T) {
		w := &world{t, w.stack}
		input := `{"file": "partners.csv"}`
		out, err := w.stack.StepFunctions().StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &w.stack.ImportStateMachine, Input: &input})
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := w.ended(*out.ExecutionArn); status != "FAILED" {
			t.Error(status)
		}
	})
	t.Run("E5 the company enrols with the record", func(t *testing.T) {
		w := &world{t, w.stack}
		claim := map[string]any{"partnerId": id, "legalName": "contoso ltd", "country": "GB", "postalCode": "W21GG", "contactEmail": c.admin}
		a := w.call(c.admin, "POST", "/partners", map[string]any{"workAccount": "existing", "workEmail": c.admin, "companyName": "Contoso", "membership": claim}, "Idempotency-Key", id)
		if a.status != 201 || !strings.Contains(string(a.body), `"state":"Linked"`) {
			t.Errorf("%d: %s", a.status, a.body)
		}
	})
}
