package routing

import "github.com/sluice-bridge/sluice/topic"

// topics are patterns that are known to be right.
func topics(texts ...string) topic.Set {
	set, err := topic.ParseSet(texts...)
	if err != nil {
		panic(err)
	}
	return set
}
