import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.main.Main;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/**
 * Kafka to SQS as one Camel route: polls are cut into requests of ten, which are sent side by side;
 * the next poll begins when all are through. Messages get the attributes that the others send.
 *
 * <p>Arguments: properties file, then key=value for what is in double braces there, and endpoint.
 */
public final class Route extends RouteBuilder {
    private static final int BATCH = 10;

    private final String queueUrl;
    private final ExecutorService senders;

    private Route(String queueUrl, int inFlight) {
        this.queueUrl = queueUrl;
        this.senders = Executors.newFixedThreadPool(inFlight);
    }

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.setPropertyPlaceholderLocations("file:" + args[0]);
        String queueUrl = null;
        String endpoint = null;
        for (int i = 1; i < args.length; i++) {
            String[] pair = args[i].split("=", 2);
            main.addOverrideProperty(pair[0], pair[1]);
            if (pair[0].equals("queueUrl")) {
                queueUrl = pair[1];
            } else if (pair[0].equals("endpoint")) {
                endpoint = pair[1];
            }
        }
        int inFlight = 128;
        main.bind("client", SqsClient.builder()
                .region(Region.EU_WEST_1)
                .endpointOverride(URI.create(endpoint))
                .httpClient(ApacheHttpClient.builder().maxConnections(inFlight).build())
                .build());
        main.configure().addRoutesBuilder(new Route(queueUrl, inFlight));
        main.run();
    }

    @Override
    public void configure() {
        from("{{kafka}}")
                .process(this::cut)
                .split(body()).parallelProcessing().executorService(senders).stopOnException()
                .to("{{sqs}}")
                .process(Route::check);
    }

    /** Turns a poll into requests. */
    private void cut(Exchange exchange) {
        List<?> polled = exchange.getMessage().getBody(List.class);
        List<SendMessageBatchRequest> requests = new ArrayList<>(polled.size() / BATCH + 1);
        List<SendMessageBatchRequestEntry> entries = new ArrayList<>(BATCH);
        for (Object one : polled) {
            entries.add(entry(entries.size(), ((Exchange) one).getMessage()));
            if (entries.size() == BATCH) {
                requests.add(SendMessageBatchRequest.builder().queueUrl(queueUrl).entries(entries).build());
                entries = new ArrayList<>(BATCH);
            }
        }
        if (!entries.isEmpty()) {
            requests.add(SendMessageBatchRequest.builder().queueUrl(queueUrl).entries(entries).build());
        }
        exchange.getMessage().setBody(requests);
    }

    private static SendMessageBatchRequestEntry entry(int id, Message record) {
        byte[] correlation = record.getHeader("x-correlation-id", byte[].class);
        return SendMessageBatchRequestEntry.builder()
                .id(Integer.toString(id))
                .messageBody(record.getBody(String.class))
                .messageAttributes(Map.of(
                        "correlation_id", text(new String(correlation, StandardCharsets.UTF_8)),
                        "kafka_topic", text(record.getHeader(KafkaConstants.TOPIC, String.class)),
                        "kafka_position", text(record.getHeader(KafkaConstants.PARTITION) + ":" + record.getHeader(KafkaConstants.OFFSET)),
                        "kafka_timestamp", text(record.getHeader(KafkaConstants.TIMESTAMP, String.class)),
                        "kafka_key", text(record.getHeader(KafkaConstants.KEY, String.class))))
                .build();
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder().dataType("String").stringValue(value).build();
    }

    /** A request of which something was refused fails, and with it the poll, which is not committed. */
    private static void check(Exchange exchange) {
        SendMessageBatchResponse response = exchange.getMessage().getBody(SendMessageBatchResponse.class);
        if (response.hasFailed() && !response.failed().isEmpty()) {
            throw new IllegalStateException(response.failed().size() + " entries failed: " + response.failed().get(0));
        }
    }
}
