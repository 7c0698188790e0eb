package stack

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Progress tells a waiting person what is being done and how long it took.
type Progress struct {
	mu  sync.Mutex
	out io.Writer
}

// NewProgress writes its lines to out.
func NewProgress(out io.Writer) *Progress { return &Progress{out: out} }

// Say writes one line.
func (p *Progress) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintf(p.out, format+"\n", args...)
}

// Step runs do and says what it was and how long it took.
func (p *Progress) Step(what string, do func() error) error {
	start := time.Now()
	if err := do(); err != nil {
		p.Say("  failed  %s", what)
		return err
	}
	p.Say("  %5.1f s %s", time.Since(start).Seconds(), what)
	return nil
}
