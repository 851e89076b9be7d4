/** Documents of Elasticsearch, from Filebeat, Logstash or an export. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "elastic-json",
	title: "Elastic, JSON",
	grammar: "ElasticJson",
	place: 25,
	carrier: "elastic_json",
	escapes: "json",
	requires: ["day"],
});

export default frame;
