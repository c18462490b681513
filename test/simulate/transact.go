package simulate

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// patient is how long brokers wait for the end of a transaction, and impatient how long where it never comes.
	patient   = 3 * time.Minute
	impatient = 20 * time.Second
	// aborting is how long after that they may take.
	aborting = 30 * time.Second
)

// transact produces records in a transaction of their own. Others may write to the topic once written is called.
func (w *world) transact(b Burst, random random, all []*record, written func()) error {
	timeout := patient
	if b.Txn == "abandon" {
		timeout = impatient
	}
	client, err := kgo.NewClient(append(w.client(), append(writing, kgo.TransactionalID(all[0].name()), kgo.TransactionTimeout(timeout))...)...)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.BeginTransaction(); err != nil {
		return err
	}
	ended := w.brokers.opens(b.Topic)
	defer ended()
	t := w.ledger.begins(all, timeout)
	failed := w.write(client, all)
	written()
	commit := b.Txn == "commit" || b.Txn == "mixed" && random.one(2)
	sleep(w.ctx, b.Open)
	switch {
	case failed != nil, b.Txn == "abandon":
	case commit:
		w.ledger.ends(t, "committing")
		if failed = client.EndTransaction(w.ctx, kgo.TryCommit); failed == nil {
			w.ledger.ends(t, "committed")
			return nil
		}
	default:
		w.ledger.ends(t, "aborting")
		if failed = client.EndTransaction(w.ctx, kgo.TryAbort); failed == nil {
			w.ledger.ends(t, "aborted")
			return nil
		}
	}
	// The brokers abort it, unless they have committed it and not said so.
	state := "aborting"
	if failed != nil && commit {
		state = "committing"
	}
	w.ledger.ends(t, state)
	sleep(w.ctx, timeout+aborting)
	if state == "aborting" {
		w.ledger.ends(t, "aborted")
	} else {
		w.ledger.ends(t, "unknown")
	}
	return nil
}
