package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// eligibility asks the gate, as the distributor who will take the orders.
func (d *demo) eligibility(ctx context.Context) error {
	var e api.Eligibility
	if _, err := d.act(ctx, request{who: d.distributor, method: "GET", path: d.path("/eligibility"), doing: "asks whether the company may transact"}, &e, func(answer) []string {
		return []string{fmt.Sprintf("eligible: %t, through %s", e.Eligible, e.DistributorID)}
	}); err != nil {
		return err
	}
	asked := e
	if _, err := d.act(ctx, request{who: d.admin, method: "GET", path: d.path("/eligibility"), doing: "asks the same, and sees every check"}, &e, func(answer) []string {
		return []string{fmt.Sprintf("eligible: %t, %d checks", e.Eligible, len(e.Checks))}
	}); err != nil {
		return err
	}
	d.print.Table(checkRows(e))
	for _, answer := range []api.Eligibility{asked, e} {
		if !answer.Eligible {
			text, _ := json.Marshal(answer.Checks) // strings and times
			return d.failure("the gate's answer", "eligible: true", string(text), nil, d.lookAt(d.path("/eligibility"))...)
		}
	}
	return nil
}

func checkRows(e api.Eligibility) [][]string {
	var rows [][]string
	for _, c := range e.Checks {
		if c.Met {
			rows = append(rows, []string{"met", c.Check, c.Text, "since " + c.Since.UTC().Format("15:04:05Z")})
			continue
		}
		rows = append(rows, []string{"NOT MET", c.Check, c.Text, fmt.Sprintf("%s: %s must act, %s", c.Code, party(c.Who, c.Roles), c.Where)})
	}
	return rows
}

// timeline are the partner's events, oldest first.
func (d *demo) timeline(ctx context.Context) ([]api.TimelineEvent, error) {
	var all []api.TimelineEvent
	cursor := ""
	for {
		var page api.Timeline
		path := d.path("/timeline?limit=100")
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: path, doing: "reads the timeline"}, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			slices.Reverse(all)
			return all, nil
		}
		cursor = page.Next
	}
}

// record tells what is kept: the timeline and the workflow's executions.
func (d *demo) record(ctx context.Context) error {
	events, err := d.timeline(ctx)
	if err != nil {
		return err
	}
	d.print.Line(fmt.Sprintf("  GET %s, oldest first:", d.path("/timeline")))
	d.print.Table(eventRows(events))
	all, err := executions(ctx, d.stack, d.partner)
	if err != nil {
		return err
	}
	d.print.Line("\n  The workflow's executions (a state transition is what AWS charges for):")
	rows, total := executionRows(all)
	d.print.Table(rows)
	d.print.Line(fmt.Sprintf("  %d state transitions in all, %d mails", total, len(d.sweep.caught())))
	return nil
}

func eventRows(events []api.TimelineEvent) [][]string {
	var rows [][]string
	for _, e := range events {
		who := string(e.Actor.Kind)
		if e.Actor.Name != "" {
			who += ", " + e.Actor.Name
		}
		rows = append(rows, []string{fmt.Sprintf("%d", e.Sequence), e.At.UTC().Format(time.TimeOnly) + "Z", e.Title, who})
	}
	return rows
}

func executionRows(all []execution) (rows [][]string, total int) {
	for _, e := range all {
		state := string(e.status)
		if e.outcome != "" {
			state += ", " + e.outcome
		} else if e.running() {
			state += ", in " + e.state
		}
		rows = append(rows, []string{fmt.Sprintf("%d", e.transitions), e.name, state})
		total += e.transitions
	}
	return rows, total
}

// changes lists the members that differ between two versions of the business
// information, when there was one before.
func changes(before, after api.BusinessInfo) []string {
	old, now := members(before), members(after)
	if len(old) == 0 {
		return nil
	}
	return differences(old, now)
}

func differences(old, now map[string]string) []string {
	var names []string
	for name := range now {
		names = append(names, name)
	}
	for name := range old {
		if _, ok := now[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var lines []string
	for _, name := range names {
		if old[name] != now[name] {
			lines = append(lines, fmt.Sprintf("%s: %q becomes %q", name, old[name], now[name]))
		}
	}
	return lines
}

// members are the texts of a business information by their JSON pointers.
func members(info api.BusinessInfo) map[string]string {
	text, _ := json.Marshal(info) // texts and lists of them
	var tree any
	_ = json.Unmarshal(text, &tree)
	flat := map[string]string{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, member := range v {
				walk(at+"/"+name, member)
			}
		case []any:
			var texts []string
			for _, e := range v {
				texts = append(texts, fmt.Sprint(e))
			}
			flat[at] = strings.Join(texts, "; ")
		default:
			flat[at] = fmt.Sprint(v)
		}
	}
	walk("", tree)
	return flat
}
