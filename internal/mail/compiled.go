package mail

import (
	"regexp"
	"sync"
)

// compiled is a regular expression that is compiled when it is first needed:
// the start of a function waits for every one that is compiled in a variable.
func compiled(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
