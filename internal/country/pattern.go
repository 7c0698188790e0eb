package country

import (
	"regexp"
	"sync"
)

var patterns sync.Map // pattern → *regexp.Regexp; few, all from this package's own data

// pattern is a regular expression that is compiled when first needed and then
// kept: most functions look at one country or at none.
func pattern(expression string) *regexp.Regexp {
	if known, ok := patterns.Load(expression); ok {
		return known.(*regexp.Regexp)
	}
	compiled := regexp.MustCompile(expression)
	patterns.Store(expression, compiled)
	return compiled
}
