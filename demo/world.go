package demo

import (
	"context"
	"fmt"
	"net"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// world is everything around the bridge.
type world struct {
	kafka     *fake.Kafka
	aws       *fake.AWS
	client    *kgo.Client
	admin     *kadm.Client
	addresses Addresses
}

func startWorld() (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	// Kafka forgets whole segments: small ones, so that the demo can run for long.
	small := kfake.BrokerConfigs(map[string]string{"log.segment.bytes": "1048576"})
	if w.kafka, err = fake.StartKafka(fake.KafkaOptions{Topics: topics, Extra: []kfake.Opt{small}}); err != nil {
		return nil, err
	}
	// The bridge has to show the demo's key, so that a key of the user's would be noticed.
	w.aws, err = fake.StartAWS(fake.Options{Retain: fake.CountOnly, Keys: map[string]string{accessKey: secretKey}})
	if err != nil {
		return nil, fmt.Errorf("starting the embedded SQS and SNS: %w", err)
	}
	if w.client, err = kgo.NewClient(
		kgo.SeedBrokers(w.kafka.Addresses()...),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MaxBufferedRecords(100_000),
	); err != nil {
		return nil, fmt.Errorf("setting up the producer: %w", err)
	}
	w.admin = kadm.NewClient(w.client)
	w.addresses = Addresses{Kafka: w.kafka.Addresses(), AWS: w.aws.URL}
	w.addresses.Admin, err = freeAddress()
	return w, err
}

func (w *world) close() {
	if w.client != nil {
		w.client.Close()
	}
	if w.aws != nil {
		_ = w.aws.Close() // nothing is kept there
	}
	if w.kafka != nil {
		w.kafka.Close()
	}
}

// freeAddress returns an address on which nobody listens now.
func freeAddress() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// furnish makes the queues and topics of the destinations and has the check look at everything that
// comes to their far ends: the queue itself, or a queue that is subscribed to the topic.
func (w *world) furnish(destinations []Destination, check *Check) error {
	for i, d := range destinations {
		name := d.Resource
		if d.Service == "sns" {
			name = strings.TrimSuffix(d.Resource, ".fifo") + "-subscriber"
			if d.FIFO {
				name += ".fifo"
			}
		}
		if w.aws.Queue(name) != nil {
			return fmt.Errorf("destinations.%s: another destination goes to the queue %s already, and the demo could not tell the two apart; name another", d.Name, name)
		}
		queue, err := w.aws.CreateQueue(name, fake.QueueOptions{Retain: fake.CountOnly})
		if err != nil {
			return fmt.Errorf("making the queue %s: %w", name, err)
		}
		queue.Tap(watch(check, destinations, i))
		if d.Service != "sns" {
			continue
		}
		topic, err := w.aws.CreateTopic(d.Resource, fake.TopicOptions{Retain: fake.CountOnly})
		if err == nil {
			_, err = w.aws.Subscribe(topic, queue, true)
		}
		if err != nil {
			return fmt.Errorf("making the topic %s: %w", d.Resource, err)
		}
	}
	return nil
}

// watch returns what tells the check of a message.
func watch(check *Check, destinations []Destination, i int) func(fake.Message) {
	fifo := destinations[i].FIFO
	return func(m fake.Message) {
		if _, dead := m.Attributes["dead_letter_reason"]; dead {
			l, err := readEnvelope(&m)
			deadLettered(check, destinations, l, err)
			return
		}
		a, err := readMessage(&m, fifo)
		if err != nil {
			check.Strange(i, err.Error())
			return
		}
		check.Arrived(i, a)
	}
}

// deadLettered tells the check of a dead letter.
func deadLettered(check *Check, destinations []Destination, l deadLetter, err error) {
	if err != nil {
		check.StrangeDeadLetter(err.Error())
		return
	}
	destination := noDestination
	for i, d := range destinations {
		if d.Name == l.destination {
			destination = i
		}
	}
	check.DeadLettered(destination, l.Arrival, l.reason)
}
