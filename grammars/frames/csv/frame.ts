/** Rows of a table, as Graylog, Kibana and others export them: the record is the last column. */
import { defineFrame, type FrameDefinition } from "../../../src/format/frame.js";

const frame: FrameDefinition = defineFrame({
	id: "csv",
	title: "CSV, last column",
	grammar: "Csv",
	place: 124,
	carrier: "csv",
	escapes: "csv",
	isLoose: true,
});

export default frame;
