package statemachine_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// The import goes through a file's rows by a distributed map. Its reader takes
// its place from the input in JSONPath, which the local engine understands, too;
// so the machine's own language is JSONPath and every other state names JSONata.

func TestE5_TheImportIsADistributedMapThatAFailureDoesNotStop(t *testing.T) {
	d := load(t, "import")
	rows := d.States["FileRows"]
	var m struct {
		ItemReader struct {
			Resource     string
			ReaderConfig struct{ InputType string }
			Parameters   map[string]string
		}
		ItemBatcher                struct{ MaxItemsPerBatch, MaxInputBytesPerBatch int }
		MaxConcurrency             int
		ToleratedFailurePercentage float64
		ItemProcessor              struct {
			ProcessorConfig struct{ Mode, ExecutionType string }
			StartAt         string
			States          map[string]state
		}
		ResultWriter struct {
			Resource   string
			Parameters map[string]string
		}
	}
	text, err := json.Marshal(rows.raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if rows.Type != "Map" || m.ItemProcessor.ProcessorConfig.Mode != "DISTRIBUTED" || m.ItemProcessor.ProcessorConfig.ExecutionType != "EXPRESS" || m.ItemReader.ReaderConfig.InputType != "JSONL" || m.ItemReader.Resource != "arn:aws:states:::s3:getObject" {
		t.Errorf("%+v", m)
	}
	if m.ItemBatcher.MaxItemsPerBatch < 10 || m.ItemBatcher.MaxInputBytesPerBatch > 256<<10 || m.MaxConcurrency <= 0 || m.MaxConcurrency > 100 || m.ToleratedFailurePercentage != 100 || m.ResultWriter.Resource != "arn:aws:states:::s3:putObject" {
		t.Errorf("%+v", m)
	}
	if result, given := rows.raw["ResultPath"]; !given || result != nil {
		t.Error("what the batches answer would take the place of the import")
	}
	batch := m.ItemProcessor.States[m.ItemProcessor.StartAt]
	if !batch.End || len(batch.Retry) == 0 || !slices.Equal(slices.Sorted(slices.Values(batch.Retry[0].ErrorEquals)), slices.Sorted(slices.Values(append(slices.Clone(transient), "States.Timeout")))) {
		t.Errorf("a batch: %+v", batch)
	}
	if len(rows.Catch) != 1 || rows.Catch[0].Next != "Finish" || rows.Next != "Finish" {
		t.Errorf("a map that gives up must be told of: %+v", rows.Catch)
	}
	for _, name := range slices.Sorted(maps.Keys(d.States)) {
		s := d.States[name]
		if name == "FileRows" {
			continue
		}
		if s.raw["QueryLanguage"] != "JSONata" {
			t.Errorf("%s doesn't speak JSONata", name)
		}
		if s.task() && (len(s.Retry) == 0 || len(s.Catch) != 1 || s.Catch[0].Next != "NeedsOperator" || timeout(t, s) > 120) {
			t.Errorf("%s: %+v", name, s)
		}
		for _, e := range d.edges(name) {
			if _, there := d.States[e.to]; !there {
				t.Errorf("%s leads to %s", name, e.to)
			}
		}
	}
}

func TestE5_TheImportsRoleMayDoWhatADistributedMapNeeds(t *testing.T) {
	given := machine(t, "import").Properties.DefinitionSubstitutions
	for _, name := range []string{"MembershipFunction", "ImportsBucket"} {
		if _, ok := given[name]; !ok || !strings.Contains(string(text(t, "import")), "${"+name+"}") {
			t.Errorf("%s isn't filled in", name)
		}
	}
	content, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(content), "\n  ImportStateMachine:\n")
	role, _, _ := strings.Cut(after, "\n  # A version for each definition")
	for _, want := range []string{"states:StartExecution", "stateMachine:${AWS::StackName}-import'", "execution:${AWS::StackName}-import/*", "s3:GetObject", "s3:PutObject", "s3:ListMultipartUploadParts", "kms:GenerateDataKey", "prefix: imports/", "DeadLetterConfig"} {
		if !strings.Contains(role, want) {
			t.Errorf("the template's import machine lacks %s", want)
		}
	}
}
