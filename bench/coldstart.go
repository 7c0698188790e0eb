package main

import (
	"context"
	"path/filepath"
	"slices"
	"time"
)

const starts = 50

// spread is a figure's middle and its upper end.
type spread struct {
	P50 time.Duration `json:"p50"`
	P90 time.Duration `json:"p90"`
}

func spreadOf(times []time.Duration) spread {
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	at := func(share float64) time.Duration { return sorted[int(share*float64(len(sorted)-1)+0.5)] }
	return spread{at(0.5), at(0.9)}
}

// measureColdStarts starts every function in turn, again and again, so that
// whatever else the machine does meets all of them alike.
func measureColdStarts(ctx context.Context, dir string, names []string, env []string) (map[string]spread, error) {
	times := map[string][]time.Duration{}
	for round := range starts + 1 {
		for _, name := range names {
			f, took, err := launch(ctx, name, filepath.Join(dir, name), env)
			if err != nil {
				return nil, err
			}
			f.stop()
			if round > 0 { // the first brings the file into memory
				times[name] = append(times[name], took)
			}
		}
	}
	spreads := map[string]spread{}
	for name, all := range times {
		spreads[name] = spreadOf(all)
	}
	return spreads, nil
}
