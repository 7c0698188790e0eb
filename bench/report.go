package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// phones is the one function that checks phone numbers, whose metadata is large.
const phones = "businessinfo"

// row is one line of the table.
type row struct {
	ID       string  `json:"id"`
	Figure   string  `json:"figure"`
	Target   string  `json:"target"`
	Measured string  `json:"measured"`
	Value    float64 `json:"value"` // in the target's unit
	Limit    float64 `json:"limit"`
	Ratio    float64 `json:"ratio"` // value to limit: above 1 is missed, unless more is better
	Missed   bool    `json:"missed"`
}

// report is the result of a run, as it is printed and written.
type report struct {
	Measured time.Time      `json:"measured"`
	Machine  string         `json:"machine"`
	Rows     []row          `json:"rows"`
	Details  map[string]any `json:"details"`
}

// atMost adds a figure that should not be above its limit.
func (r *report) atMost(id, figure, target, measured string, value, limit float64) {
	r.Rows = append(r.Rows, row{id, figure, target, measured, value, limit, value / limit, value > limit})
}

// atLeast adds a figure that should not be below its limit.
func (r *report) atLeast(id, figure, target, measured string, value, limit float64) {
	r.Rows = append(r.Rows, row{id, figure, target, measured, value, limit, value / limit, value < limit})
}

func (r *report) detail(name string, value any) {
	if r.Details == nil {
		r.Details = map[string]any{}
	}
	r.Details[name] = value
}

func (r *report) coldStarts(times map[string]spread, names []string) {
	base := times[floor].P50
	for _, name := range names {
		limit := 1.8
		if name == phones {
			limit = 6.5
		}
		ratio := float64(times[name].P50) / float64(base)
		r.atMost("F1", "cold start "+name, fmt.Sprintf("≤ %.1f × empty", limit),
			fmt.Sprintf("%.2f × (p50 %s, p90 %s; empty %s)", ratio, millis(times[name].P50), millis(times[name].P90), millis(base)), ratio, limit)
	}
	r.detail("coldStart", times)
}

func (r *report) sizes(sizes map[string]map[string]size, names []string) {
	const mb = 1e6
	for _, name := range names {
		limit := 10.0
		if name == phones {
			limit = 16
		}
		arm, amd := sizes["arm64"][name], sizes["amd64"][name] // arm64 is what the template deploys by default
		r.atMost("F2", "bootstrap "+name, fmt.Sprintf("≤ %.0f MB", limit), fmt.Sprintf("%.1f MB (amd64 %.1f MB)", float64(arm.Bootstrap)/mb, float64(amd.Bootstrap)/mb), float64(arm.Bootstrap)/mb, limit)
		r.atMost("F2", "zip "+name, "≤ 5 MB", fmt.Sprintf("%.1f MB (amd64 %.1f MB)", float64(arm.Zip)/mb, float64(amd.Zip)/mb), float64(arm.Zip)/mb, 5)
	}
	r.detail("size", sizes)
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func (r *report) print(out io.Writer) error {
	widths := [4]int{}
	lines := [][5]string{{"", "figure", "target", "measured", "ratio"}}
	for _, row := range r.Rows {
		ratio := fmt.Sprintf("%.2f", row.Ratio)
		if row.Missed {
			ratio += "  missed"
		}
		lines = append(lines, [5]string{row.ID, row.Figure, row.Target, row.Measured, ratio})
	}
	for _, line := range lines {
		for i := range widths {
			widths[i] = max(widths[i], len([]rune(line[i])))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, %s\n\n", r.Measured.Format(time.RFC3339), r.Machine)
	for _, line := range lines {
		for i, width := range widths {
			b.WriteString(line[i] + strings.Repeat(" ", width-len([]rune(line[i]))+2))
		}
		b.WriteString(line[4] + "\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// write keeps the report; of a run that measured only some parts, the others
// stay as they were.
func (r *report) write(path, only string) error {
	if before := (report{}); only != everything && readJSON(path, &before) == nil {
		fresh := map[string]bool{}
		for _, row := range r.Rows {
			fresh[row.ID+row.Figure] = true
		}
		for _, row := range before.Rows {
			if !fresh[row.ID+row.Figure] {
				r.Rows = append(r.Rows, row)
			}
		}
		for name, value := range before.Details {
			if _, given := r.Details[name]; !given {
				r.detail(name, value)
			}
		}
	}
	text, err := json.MarshalIndent(r, "", "  ")
	return errors.Join(err, os.WriteFile(path, append(text, '\n'), 0o644))
}

func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, value)
}
