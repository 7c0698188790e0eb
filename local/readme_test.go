package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// rules is how many rules of each letter there are.
var rules = map[string]int{"E": 8, "B": 6, "V": 11, "A": 8, "D": 8, "T": 3, "L": 5, "X": 6, "O": 3}

func TestTheReadmeHasARowForEveryRule(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	id := regexp.MustCompile(`\b([A-Z])(\d+)(?:–([A-Z])(\d+))?`)
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		first, _, _ := strings.Cut(line[2:], " | ")
		for _, m := range id.FindAllStringSubmatch(first, -1) {
			from, _ := strconv.Atoi(m[2])
			to, _ := strconv.Atoi(m[4])
			for n := from; n <= max(from, to); n++ {
				told[fmt.Sprint(m[1], n)] = true
			}
		}
	}
	for letter, count := range rules {
		for n := 1; n <= count; n++ {
			if rule := fmt.Sprint(letter, n); !told[rule] {
				t.Errorf("no row for %s", rule)
			}
		}
	}
}
