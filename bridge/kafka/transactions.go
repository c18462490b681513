package kafka

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// OpenTransactions says of partitions whose next record is behind the last stable offset which transaction keeps
// it there, as far as Kafka tells: its producer by DescribeProducers, and the name of that, which takes a
// permission on transactional ids, by ListTransactions and DescribeTransactions (KIP-664).
func OpenTransactions(ctx context.Context, client *kgo.Client, next map[TopicPartition]int64) map[TopicPartition]string {
	stable := ListStable(ctx, client, slices.Collect(maps.Keys(next)))
	behind := kadm.TopicsSet{}
	texts := map[TopicPartition]string{}
	for at, offset := range stable {
		if offset <= next[at] {
			behind.Add(at.Topic, at.Partition)
			texts[at] = fmt.Sprintf("a transaction is open since offset %d", offset)
		}
	}
	if len(behind) == 0 {
		return nil
	}
	admin := kadm.NewClient(client)
	described, _ := admin.DescribeProducers(ctx, behind) // what is refused is left out
	first := map[TopicPartition]kadm.DescribedProducer{}
	var ids []int64
	described.EachProducer(func(p kadm.DescribedProducer) {
		at := TopicPartition{Topic: p.Topic, Partition: p.Partition}
		if p.CurrentTxnStartOffset >= 0 && p.CurrentTxnStartOffset <= stable[at] {
			first[at] = p
			ids = append(ids, p.ProducerID)
		}
	})
	names := transactionNames(ctx, admin, ids)
	for at, p := range first {
		texts[at] += fmt.Sprintf(", of producer id %d, epoch %d%s; its producer has to end it, or kafka-transactions.sh abort --topic %s --partition %d --start-offset %d",
			p.ProducerID, p.ProducerEpoch, names[p.ProducerID], at.Topic, at.Partition, p.CurrentTxnStartOffset)
	}
	return texts
}

// transactionNames says what the coordinators know of the transactions of producers, by their ids.
func transactionNames(ctx context.Context, admin *kadm.Client, producers []int64) map[int64]string {
	texts := map[int64]string{}
	if len(producers) == 0 {
		return texts
	}
	listed, err := admin.ListTransactions(ctx, producers, nil)
	if err != nil || len(listed) == 0 {
		return texts
	}
	described, _ := admin.DescribeTransactions(ctx, listed.TransactionalIDs()...)
	for _, t := range listed {
		texts[t.ProducerID] = fmt.Sprintf(", transactional id %q (%s", t.TxnID, t.State)
		if d, ok := described[t.TxnID]; ok && d.Err == nil {
			if began := TimeOf(d.StartTimestamp); !began.IsZero() {
				texts[t.ProducerID] += ", begun at " + began.UTC().Format(time.RFC3339)
			}
			texts[t.ProducerID] += fmt.Sprintf(", ended by Kafka after %v", time.Duration(d.TimeoutMillis)*time.Millisecond)
		}
		texts[t.ProducerID] += ")"
	}
	return texts
}
