package kafka

import (
	"context"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// GivenUp returns the groups that destinations had by the notes of the shared group, and have no more: a start with
// another configuration gives them up.
func (s Sharing) GivenUp(ctx context.Context, c Connection, shared string) (groups []string, err error) {
	err = WithAdmin(c, func(admin *kadm.Client) error {
		committed, err := FetchOffsets(ctx, admin, shared)
		if err != nil {
			return err
		}
		given := map[string]bool{}
		for _, note := range NotesOf(committed) {
			reach, _ := offsets.ParseReach(note)
			for d := range reach.Away {
				if !slices.Contains(s.Apart, d) {
					given[s.Group(d)] = true
				}
			}
		}
		groups = slices.Sorted(maps.Keys(given))
		return nil
	})
	return groups, err
}
