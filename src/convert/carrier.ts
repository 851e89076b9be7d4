/** What the event tells of the carriers around its record. */
import { type Field, integer, text } from "../format/define.js";
import type { CarrierKind } from "../format/event.js";
import { type FrameCapture, frameSlot } from "../format/frame-captures.js";
import type { KernelExports } from "./kernel-exports.js";
import type { Layer, Layers } from "./layers.js";
import { capturedValue, type Value } from "./shape.js";
import { carrierStamps } from "./stamp-places.js";

/** Keys of a carrier, by the capture that tells them. */
const KEYS: Readonly<Partial<Record<FrameCapture, (path: string) => Field>>> = {
	host: (path) => text(`${path}.host`),
	program: (path) => text(`${path}.program`),
	carrier_program: (path) => text(`${path}.program`),
	pid: (path) => integer(`${path}.pid`),
	carrier_pid: (path) => integer(`${path}.pid`),
	carrier_unit: (path) => text(`${path}.unit`),
	carrier_namespace: (path) => text(`${path}.namespace`),
	carrier_pod: (path) => text(`${path}.pod`),
	carrier_container: (path) => text(`${path}.container`),
	carrier_stream: (path) => text(`${path}.stream`),
	carrier_tag: (path) => text(`${path}.tag`),
	carrier_file: (path) => text(`${path}.file`),
	carrier_line: (path) => integer(`${path}.line`),
};

const FIELDS = new Map(Object.entries(KEYS).map(([name, field]) => [frameSlot(name as FrameCapture), field]));
const PARTIAL = frameSlot("carrier_partial");
const RELAYED = frameSlot("relayed");

type Put = (path: string, value: Value) => void;

/** What kind of carrier it is; those of syslog are told by what they pass on. */
function kindOf({ slot }: Layer, kinds: readonly (CarrierKind | undefined)[], { MARKERS }: KernelExports): CarrierKind | undefined {
	if (slot < MARKERS.value) return slot === RELAYED ? "relay" : "dockerd";
	return kinds[slot - MARKERS.value];
}

/** Puts `carrier` into the event: the nearest one, and in it those outwards. */
export function putCarriers(layers: Layers, kinds: readonly (CarrierKind | undefined)[], run: KernelExports, put: Put): void {
	const { carriers, slots } = layers;
	const nearest = carriers.length - 1;
	const pathOf = (index: number): string => (index === nearest ? "carrier" : `carrier.outer.${nearest - 1 - index}`);
	carriers.forEach((layer, index) => {
		const path = pathOf(index);
		put(`${path}.kind`, { kind: "constant", json: kindOf(layer, kinds, run) ?? "other" });
		for (let at = layer.first; at < layer.marker; at++) {
			const field = FIELDS.get(slots[at] ?? -1)?.(path);
			const value = field === undefined || layers.isOwn(at) || layers.isOutdone(at) ? undefined : capturedValue(field, at);
			if (value !== undefined) put(field !== undefined && "path" in field ? field.path : path, value);
			if (slots[at] === PARTIAL) put(`${path}.partial`, { kind: "constant", json: true });
		}
	});
	carrierStamps(layers).forEach(({ carrier }, index) => {
		if ((run.carrierTimes.value >> index) & 1) put(`${pathOf(carrier)}.time`, { kind: "carrier_time", index });
	});
}
