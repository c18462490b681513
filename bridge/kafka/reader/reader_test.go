package reader

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/fake"
)

// transact does the same in a transaction.
func transact(t *testing.T, brokers []string, topic string, partition int32, commit kgo.TransactionEndTry, seconds ...int64) {
	t.Helper()
	c := kafkatest.Client(t, brokers, kgo.TransactionalID(fmt.Sprint(topic, partition, seconds)))
	if err := c.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	kafkatest.ProduceTimed(t, c, topic, partition, seconds...)
	if err := c.EndTransaction(t.Context(), commit); err != nil {
		t.Fatal(err)
	}
}

func openReader(t *testing.T, brokers []string, topic string, change ...func(*Options)) *Reader {
	t.Helper()
	o := Options{Connection: kafka.Connection{Brokers: brokers, ClientID: "reader"}, Topic: topic,
		FetchBytes: 100, Timeout: 10 * time.Second}
	for _, f := range change {
		f(&o)
	}
	p, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func values(records []*kgo.Record) string {
	var all []string
	for _, r := range records {
		all = append(all, string(r.Value))
	}
	return strings.Join(all, " ")
}

func since(t *testing.T, p *Reader, second int64) string {
	t.Helper()
	var all []*kgo.Record
	for r, err := range p.Since(t.Context(), time.Unix(1_700_000_000+second, 0), func() error { return nil }) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return values(all)
}

// What aborted and open transactions leave behind is neither shown nor waited for.
func TestReadsWithoutAGroup(t *testing.T) {
	kafkatest.EachKafka(t, 4, func(t *testing.T, brokers []string, topic string) {
		c := kafkatest.Client(t, brokers)
		kafkatest.ProduceTimed(t, c, topic, 0, 1, 4, 9)
		kafkatest.ProduceTimed(t, c, topic, 1, 2, 3, 7, 5) // the clock of a producer was set back
		transact(t, brokers, topic, 1, kgo.TryCommit, 11)
		transact(t, brokers, topic, 2, kgo.TryAbort, 20, 21, 22, 23, 24, 25)
		kafkatest.ProduceTimed(t, c, topic, 2, 6)
		transact(t, brokers, topic, 2, kgo.TryAbort, 30, 31, 32, 33, 34, 35)

		p := openReader(t, brokers, topic)
		for n, want := range map[int]string{
			1: "11", 3: "6 9 11", 4: "5 6 9 11", 6: "4 7 5 6 9 11", 100: "1 2 3 4 7 5 6 9 11",
		} {
			got, err := p.Last(t.Context(), n)
			if err != nil || values(got) != want {
				t.Errorf("the last %d: %s, %v; want %s", n, values(got), err, want)
			}
		}
		for second, want := range map[int64]string{0: "1 2 3 4 6 7 5 9 11", 4: "4 6 7 5 9 11", 8: "9 11", 40: ""} {
			if got := since(t, p, second); got != want {
				t.Errorf("since %d: %s, want %s", second, got, want)
			}
		}
		for _, at := range []struct {
			partition int32
			offset    int64
			want      string
		}{
			{0, 1, "4"},
			{1, 4, "11"},
			{1, 5, "/1/5, nor behind it"},
			{2, 2, "the next is "},
			{0, 3, "can be read from 0 to 2"},
			{3, 0, "the partition is empty"},
			{9, 0, "the topic has 4 partitions"},
		} {
			r, err := p.At(t.Context(), at.partition, at.offset)
			switch {
			case err != nil && (!errors.Is(err, ErrNoRecord) || !strings.Contains(err.Error(), at.want)):
				t.Errorf("%d:%d: %v, want %s", at.partition, at.offset, err, at.want)
			case err == nil && string(r.Value) != at.want:
				t.Errorf("%d:%d: %s, want %s", at.partition, at.offset, r.Value, at.want)
			}
		}

		all := openReader(t, brokers, topic, func(o *Options) { o.ReadUncommitted = true })
		if got, err := all.Last(t.Context(), 8); err != nil || values(got) != "9 11 30 31 32 33 34 35" {
			t.Errorf("uncommitted: %s, %v", values(got), err)
		}
	})
}

// What an open transaction holds back is behind the end.
func TestOpenTransactionEndsWhatIsRead(t *testing.T) {
	kafkatest.EachKafka(t, 1, func(t *testing.T, brokers []string, topic string) {
		kafkatest.ProduceTimed(t, kafkatest.Client(t, brokers), topic, 0, 1)
		c := kafkatest.Client(t, brokers, kgo.TransactionalID(topic))
		if err := c.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		kafkatest.ProduceTimed(t, c, topic, 0, 2)
		p := openReader(t, brokers, topic)
		if got, err := p.Last(t.Context(), 5); err != nil || values(got) != "1" {
			t.Errorf("%s, %v", values(got), err)
		}
		if _, err := p.At(t.Context(), 0, 1); !errors.Is(err, ErrNoRecord) {
			t.Error(err)
		}
		if err := c.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
			t.Fatal(err)
		}
	})
}

// Retention may delete what is about to be read.
func TestExpiredRecordsArePassed(t *testing.T) {
	kafkatest.EachKafka(t, 1, func(t *testing.T, brokers []string, topic string) {
		c := kafkatest.Client(t, brokers)
		kafkatest.ProduceTimed(t, c, topic, 0, 1, 2, 3, 4)
		p := openReader(t, brokers, topic)
		var cut kadm.Offsets
		cut.Add(kadm.Offset{Topic: topic, At: 2})
		if _, err := kadm.NewClient(c).DeleteRecords(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		if got, err := p.Last(t.Context(), 5); err != nil || values(got) != "3 4" {
			t.Errorf("%s, %v", values(got), err)
		}
	})
}

// The merge of many records is the order of their timestamps, and no group is left behind.
func TestReadsManyPartitions(t *testing.T) {
	kafkatest.EachKafka(t, 5, func(t *testing.T, brokers []string, topic string) {
		c := kafkatest.Client(t, brokers)
		var all []*kgo.Record
		for i := range int64(5000) {
			all = append(all, &kgo.Record{Topic: topic, Partition: int32(i * i % 5), Timestamp: time.Unix(1_700_000_000+i, 0), Value: fmt.Append(nil, i)})
		}
		if err := c.ProduceSync(t.Context(), slices.Clone(all)...).FirstErr(); err != nil {
			t.Fatal(err)
		}
		p := openReader(t, brokers, topic, func(o *Options) { o.FetchBytes = 1000 })
		if got := since(t, p, 1000); got != values(all[1000:]) {
			t.Errorf("%d bytes of values, want %d", len(got), len(values(all[1000:])))
		}
		if got, err := p.Last(t.Context(), 777); err != nil || values(got) != values(all[5000-777:]) {
			t.Errorf("%v: %d records", err, len(got))
		}
		groups, err := kadm.NewClient(c).DescribeGroups(t.Context())
		for name := range groups {
			if strings.Contains(name, topic) {
				t.Errorf("there is a group %s, %v", name, err)
			}
		}
	})
}

// A broker that keeps silent is an error when the timeout ends.
func TestSilentBrokerIsAnError(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	c := kafkatest.Client(t, k.Addresses())
	kafkatest.ProduceTimed(t, c, "t", 0, 1)
	p := openReader(t, k.Addresses(), "t", func(o *Options) { o.Timeout = time.Second })
	k.Close()
	began := time.Now()
	if _, err := p.Last(t.Context(), 1); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

// Reading ends with its context, however long silence may last.
func TestReadingEndsWithItsContext(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	kafkatest.ProduceTimed(t, kafkatest.Client(t, k.Addresses()), "t", 0, 1)
	p := openReader(t, k.Addresses(), "t", func(o *Options) { o.Timeout = 10 * time.Minute })
	k.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := p.Last(ctx, 1)
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
}

// A partition that another broker leads since the look-up is found there.
func TestLeaderThatMovesIsFound(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Brokers: 3, Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	kafkatest.ProduceTimed(t, kafkatest.Client(t, k.Addresses()), "t", 0, 1, 2, 3)
	for node := range int32(3) {
		p := openReader(t, k.Addresses(), "t")
		if err := k.Cluster.MoveTopicPartition("t", 0, (p.leaders[0]+1)%3); err != nil {
			t.Fatal(err)
		}
		if got, err := p.Last(t.Context(), 2); err != nil || values(got) != "2 3" {
			t.Errorf("%d: %s, %v", node, values(got), err)
		}
	}
}
