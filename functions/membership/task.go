package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/filing"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

func (f function) tasks() app.Tasks {
	return app.Tasks{"inspect": f.inspect, "file": f.file, "finish": f.finish}
}

const uploads = "imports/" // where operators put their files

func rowsKey(importID string) string        { return "work/" + importID + "/rows.jsonl" }
func outcomesPrefix(importID string) string { return "work/" + importID + "/outcomes/" }
func resultKey(importID string) string      { return "results/" + importID + ".csv" }

// passage is what the workflow hands on from state to state.
type passage struct {
	ImportID  string          `json:"importId"`
	File      string          `json:"file"`
	StartedAt time.Time       `json:"startedAt"`
	Outcome   string          `json:"outcome"` // Read or Refused
	RowsKey   string          `json:"rowsKey,omitempty"`
	MapPrefix string          `json:"mapPrefix,omitempty"` // where the engine writes what became of its batches
	Failure   json.RawMessage `json:"failure,omitempty"`   // of the engine, when it gave up
	Rows      int             `json:"rows"`
}

// inspect is the workflow's first state: it reads the file that the execution is
// about, and lays its rows out for the engine to go through.
func (f function) inspect(ctx context.Context, t workflow.Task) (any, error) {
	file, err := fileOf(t.Input)
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256([]byte(t.Execution))
	r := passage{ImportID: "I-" + t.EnteredAt.UTC().Format("20060102T150405.000Z") + "-" + hex.EncodeToString(id[:4]), File: file, StartedAt: t.EnteredAt.UTC()}
	content, ok, err := f.files.Get(ctx, file)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, onboarding.Refuse(onboarding.CodeWorkflowInput, "There is no file "+file+" in the bucket.")
	}
	rows, err := filing.Read(path.Base(file), content, r.ImportID)
	var broken *filing.FileFault
	if errors.As(err, &broken) {
		return f.refuse(ctx, r, broken.Text)
	}
	if err != nil {
		return nil, err
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			return nil, fmt.Errorf("membership: encode a row: %w", err)
		}
	}
	r.Outcome, r.RowsKey, r.MapPrefix, r.Rows = "Read", rowsKey(r.ImportID), "work/"+r.ImportID+"/map", len(rows)
	if err := f.files.Put(ctx, r.RowsKey, lines.Bytes()); err != nil {
		return nil, err
	}
	return r, f.Store.PutImport(ctx, store.Import{ID: r.ImportID, File: file, State: store.ImportRunning, StartedAt: r.StartedAt, Rows: r.Rows})
}

// refuse ends an import whose file can't be read: the result says why.
func (f function) refuse(ctx context.Context, r passage, why string) (any, error) {
	r.Outcome = "Refused"
	result := filing.WriteResults([]filing.Outcome{{Result: filing.Refused, Faults: []onboarding.Fault{{Code: onboarding.FaultInvalid, Message: why + " Nothing of it was filed."}}}})
	if err := f.files.Put(ctx, resultKey(r.ImportID), result); err != nil {
		return nil, err
	}
	return r, f.Store.PutImport(ctx, store.Import{ID: r.ImportID, File: r.File, State: store.ImportRefused, Text: why, StartedAt: r.StartedAt, EndedAt: f.Now().UTC()})
}

// fileOf reads which file an execution is about: it was started by the event of
// an upload, or by hand.
func fileOf(raw json.RawMessage) (string, error) {
	var in struct {
		File   string `json:"file"`
		Detail struct {
			Object struct {
				Key string `json:"key"`
			} `json:"object"`
		} `json:"detail"`
	}
	_ = json.Unmarshal(raw, &in) // what isn't an object names no file
	file := in.File
	if file == "" {
		file = in.Detail.Object.Key
	}
	if !strings.HasPrefix(file, uploads) || strings.HasSuffix(file, "/") {
		return "", onboarding.Refuse(onboarding.CodeWorkflowInput, `Give the file to import, which lies below `+uploads+` in the bucket: {"file": "`+uploads+`partners.csv"}.`)
	}
	return file, nil
}

// batch is what the engine hands to a child execution: several rows. An engine
// that doesn't batch hands one.
type batch struct {
	Items []filing.Row `json:"Items"`
	filing.Row
}

// file files the rows of a batch. It may be repeated: what a row came to is the
// same again, and it is counted once.
func (f function) file(ctx context.Context, t workflow.Task) (any, error) {
	var b batch
	if err := json.Unmarshal(t.Input, &b); err != nil {
		return nil, fmt.Errorf("membership: a batch: %w", err)
	}
	if len(b.Items) == 0 {
		b.Items = []filing.Row{b.Row}
	}
	importID, first := b.Items[0].Import, b.Items[0].Number
	var counts filing.Counts
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, row := range b.Items {
		outcome, err := f.fileRow(ctx, row)
		if err != nil {
			return nil, err
		}
		counts.Add(outcome.Result)
		if err := encoder.Encode(outcome); err != nil {
			return nil, fmt.Errorf("membership: encode an outcome: %w", err)
		}
	}
	if err := f.files.Put(ctx, fmt.Sprintf("%s%09d.jsonl", outcomesPrefix(importID), first), lines.Bytes()); err != nil {
		return nil, err
	}
	return counts, f.count(ctx, importID, first, counts)
}

// count waits a little while other batches are counted.
func (f function) count(ctx context.Context, importID string, first int, c filing.Counts) error {
	for try := range 8 {
		err := f.Store.CountBatch(ctx, importID, first, c, f.Now())
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(10<<try)*time.Millisecond + time.Duration(first%37)*time.Millisecond):
		}
	}
	return store.ErrConflict
}

func (f function) fileRow(ctx context.Context, row filing.Row) (filing.Outcome, error) {
	out := filing.Outcome{Row: row.Number, ID: row.ID, Result: filing.Refused, Faults: row.Faults}
	if len(row.Faults) > 0 {
		return out, nil
	}
	m, faults := onboarding.RecordOnFile(row.Fields, f.knowledge, f.Now())
	if len(faults) > 0 {
		out.Faults = faults
		return out, nil
	}
	filed, err := f.Store.FileMembership(ctx, m, row.Import)
	if err != nil {
		return out, err
	}
	switch filed {
	case store.FiledCreated:
		out.Result = filing.Created
	case store.FiledUpdated:
		out.Result = filing.Updated
	case store.FiledUnchanged:
		out.Result = filing.Unchanged
	case store.FiledLinked:
		out.Faults = []onboarding.Fault{{Pointer: "/partnerId", Code: "linked", Message: "A partner is linked to this record: its details are the partner's own now, who changes them."}}
	}
	return out, nil
}

// finish writes the result file, a line for each row of the import, and closes
// it. Rows that no batch got to are told, too.
func (f function) finish(ctx context.Context, t workflow.Task) (any, error) {
	var r passage
	if err := json.Unmarshal(t.Input, &r); err != nil {
		return nil, fmt.Errorf("membership: a run: %w", err)
	}
	outcomes, err := f.outcomes(ctx, r.ImportID)
	if err != nil {
		return nil, err
	}
	i := store.Import{ID: r.ImportID, File: r.File, State: store.ImportDone, StartedAt: r.StartedAt, EndedAt: f.Now().UTC(), Rows: r.Rows}
	missing, err := f.missing(ctx, r, outcomes)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		i.State, i.Text = store.ImportFailed, fmt.Sprintf("%d of %d rows weren't reached. Upload the file again: what was filed stays as it is.", len(missing), r.Rows)
		outcomes = append(outcomes, missing...)
	}
	slices.SortFunc(outcomes, func(a, b filing.Outcome) int { return a.Row - b.Row })
	for _, o := range outcomes {
		i.Counts.Add(o.Result)
	}
	if err := f.files.Put(ctx, resultKey(r.ImportID), filing.WriteResults(outcomes)); err != nil {
		return nil, err
	}
	return map[string]any{"importId": i.ID, "state": i.State, "rows": i.Rows, "counts": i.Counts, "result": resultKey(i.ID)}, f.Store.PutImport(ctx, i)
}

func (f function) outcomes(ctx context.Context, importID string) ([]filing.Outcome, error) {
	keys, err := f.files.List(ctx, outcomesPrefix(importID))
	if err != nil {
		return nil, err
	}
	var all []filing.Outcome
	for _, key := range keys {
		some, err := lines[filing.Outcome](ctx, f, key)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// missing are the rows that have no outcome.
func (f function) missing(ctx context.Context, r passage, outcomes []filing.Outcome) ([]filing.Outcome, error) {
	if len(outcomes) == r.Rows {
		return nil, nil
	}
	rows, err := lines[filing.Row](ctx, f, rowsKey(r.ImportID))
	if err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, o := range outcomes {
		seen[o.Row] = true
	}
	var list []filing.Outcome
	for _, row := range rows {
		if !seen[row.Number] {
			list = append(list, filing.Outcome{Row: row.Number, ID: row.ID, Result: filing.Refused, Faults: []onboarding.Fault{{Code: "not_reached", Message: "This row wasn't reached. Upload the file again."}}})
		}
	}
	return list, nil
}

// lines reads a file of JSON lines.
func lines[T any](ctx context.Context, f function, key string) (list []T, err error) {
	content, _, err := f.files.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	for decoder.More() {
		var one T
		if err := decoder.Decode(&one); err != nil {
			return nil, fmt.Errorf("membership: %s: %w", key, err)
		}
		list = append(list, one)
	}
	return list, nil
}
