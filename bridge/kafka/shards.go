package kafka

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"
)

// unsharded returns the first of the errors that kadm has collected by broker, without its words for that.
func unsharded(err error) error {
	var all *kadm.ShardErrors
	if errors.As(err, &all) && len(all.Errs) > 0 {
		return all.Errs[0].Err
	}
	return err
}
