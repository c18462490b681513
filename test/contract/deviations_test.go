package contract

var elasticMQDeviations = map[string]string{}

var motoDeviations = map[string]string{}
