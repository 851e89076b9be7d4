/** Events of several hosts in, trails out, one by one; it can be saved after any event, and goes on from there. */
import { MailtrailError } from "../errors.js";
import type { Format } from "../format/format.js";
import { CLOSED_EARLY } from "../format/hop.js";
import { Clocks, type ClocksState } from "./clocks.js";
import { Layers, type LayersState, type Makers, makersOf } from "./layers.js";
import { Linker, type LinkerState } from "./linker.js";
import { Names, type NamesState } from "./names.js";
import { type Quotes, quotesOf } from "./quotes.js";
import type { Stamped } from "./source.js";
import type { Trail } from "./trail.js";

export interface CorrelateSettings {
	readonly formats: readonly Format[];
	/** Days, by event time, after which nothing more is awaited for a mail; 5 by default. */
	readonly expiryDays?: number | undefined;
	/** Names of what is read: a state of other inputs is refused. */
	readonly inputs?: readonly string[] | undefined;
}

const DAY = 86_400_000;
const DEFAULT_EXPIRY_DAYS = 5;
/** Hops are linked when so much event time has gone by, or so many are new. */
const ROUND = 60_000;
const MANY_HOPS = 5000;

/** Of what a state is made. Another version is not read. */
const VERSION = 1;

/** What a correlator knows, as plain data: JSON and back changes nothing of it. */
export interface CorrelatorState {
	readonly kind: "correlator";
	readonly version: number;
	/** Formats that follow mails, and what their servers tell clients. */
	readonly formats: readonly string[];
	/** Names of what it reads. */
	readonly inputs: readonly string[];
	readonly expiry_days: number;
	/** Corrected time of the last round. */
	readonly last?: number | undefined;
	readonly closed: number;
	readonly unused: number;
	readonly clocks: ClocksState;
	readonly names: NamesState;
	readonly layers: LayersState;
	readonly linker: LinkerState;
}

const NONE: readonly Trail[] = [];

export class Correlator {
	readonly clocks: Clocks;
	readonly #names: Names;
	readonly #makers: Makers;
	readonly #formats: readonly string[];
	readonly #inputs: readonly string[];
	readonly #expiryDays: number;
	readonly #quotes: Quotes;
	readonly #layers: Layers;
	readonly #linker: Linker;
	/** Corrected time of the last round. */
	#last = Number.NEGATIVE_INFINITY;
	/** Events of formats that do not say what their events mean for a mail. */
	unused = 0;
	/** Hops so far. */
	hops = 0;
	/** Trails that were given up because too much was open. */
	closed = 0;

	private constructor(
		{ formats, inputs = [], expiryDays = DEFAULT_EXPIRY_DAYS }: CorrelateSettings,
		makers: Makers,
		state?: CorrelatorState,
	) {
		const followed = formats.filter(({ id }) => makers.has(id));
		this.#formats = followed.map(({ id, definition: { told = [] } }) => [id, ...told].join("\n")).sort();
		this.#inputs = [...inputs].sort();
		this.#expiryDays = expiryDays;
		this.#makers = makers;
		this.#quotes = quotesOf(formats.map(({ definition }) => definition));
		if (state !== undefined) this.#check(state);
		this.clocks = state === undefined ? new Clocks() : Clocks.load(state.clocks);
		this.#names = new Names();
		this.#linker = this.#newLinker();
		this.#layers = new Layers(makers, (layer, hop) => {
			this.hops++;
			this.#linker.add(layer, hop);
		});
		if (state === undefined) return;
		this.#last = state.last ?? this.#last;
		this.hops = state.linker.hops;
		this.closed = state.closed;
		this.unused = state.unused;
		this.#layers.load(state.layers);
		this.#names.load(state.names, this.#layers.all);
		this.#linker.load(state.linker, this.#layers.all);
	}

	/**
	 * A new one, or one that goes on from a state.
	 * @throws MailtrailError `state.version`, `state.formats`, `state.inputs` for a state of another version, of other formats or inputs (exit 2)
	 */
	static async begin(settings: CorrelateSettings, state?: CorrelatorState): Promise<Correlator> {
		return new Correlator(settings, await makersOf(settings.formats), state);
	}

	#check({ kind, version, formats, inputs, expiry_days }: CorrelatorState): void {
		const refuse = (code: string, reason: string): never => {
			throw new MailtrailError(code, 2, reason, "Begin anew without the state, or go on as before it was saved.");
		};
		if (kind !== "correlator" || version !== VERSION)
			refuse("state.version", `the saved state is of version ${version} of ${kind}; this is version ${VERSION} of correlator`);
		const differ = (one: readonly string[], other: readonly string[]): boolean => JSON.stringify(one) !== JSON.stringify(other);
		const named = (list: readonly string[]): string => list.map((one) => one.split("\n")[0]).join(", ");
		if (differ(formats, this.#formats))
			refuse(
				"state.formats",
				`the saved state is of the formats ${named(formats)}; these are ${named(this.#formats)}, or what they tell has changed`,
			);
		if (differ(inputs, this.#inputs))
			refuse("state.inputs", `the saved state is of ${named(inputs)}; the inputs are ${named(this.#inputs)}`);
		if (expiry_days !== this.#expiryDays)
			refuse("state.inputs", `the saved state waits ${expiry_days} days for what is missing; now it is ${this.#expiryDays}`);
	}

	#newLinker(): Linker {
		return new Linker(this.clocks, this.#names, this.#expiryDays * DAY, this.#quotes);
	}

	/** Links, before the first event, what is known of the first ones, for what that says of clocks and names: they come again in `add`. */
	look(events: Iterable<Stamped>): void {
		const linker = this.#newLinker();
		const layers = new Layers(this.#makers, (layer, hop) => linker.add(layer, hop));
		for (const stamped of events) layers.add(stamped);
		layers.end();
		for (const _ of linker.end());
		this.clocks.restart();
		this.#names.restart();
	}

	/** The trails that are complete with an event. Events come in the order of their corrected times, nearly. */
	add(stamped: Stamped, at: number = this.clocks.corrected(stamped.host, stamped.time)): readonly Trail[] {
		if (!this.#layers.add(stamped)) this.unused++;
		if (this.#last === Number.NEGATIVE_INFINITY) this.#last = at;
		// A stamp that is wrong, or logs one behind the other with the later one in front: time goes back, too.
		const gone = Math.abs(at - this.#last);
		if (gone < ROUND && (this.#linker.fresh < MANY_HOPS || gone < ROUND / 10)) return NONE;
		this.#last = at;
		this.#layers.expire(this.#expiryDays * DAY);
		return [...this.#counted(this.#linker.round(at))];
	}

	/** There are no more events. */
	*end(): Generator<Trail> {
		this.#layers.end();
		yield* this.#counted(this.#linker.end());
	}

	*#counted(trails: Iterable<Trail>): Generator<Trail> {
		for (const trail of trails) {
			if (trail.hops.some(({ missing }) => missing.includes(CLOSED_EARLY))) this.closed++;
			yield trail;
		}
	}

	get links(): number {
		return this.#linker.links;
	}

	/** Names of hosts that were learned. */
	get names(): Names["learned"] {
		return this.#names.learned;
	}

	/** All that it knows. */
	snapshot(): CorrelatorState {
		return {
			kind: "correlator",
			version: VERSION,
			formats: this.#formats,
			inputs: this.#inputs,
			expiry_days: this.#expiryDays,
			last: Number.isFinite(this.#last) ? this.#last : undefined,
			closed: this.closed,
			unused: this.unused,
			clocks: this.clocks.save(),
			names: this.#names.save(),
			layers: this.#layers.save(),
			linker: this.#linker.save(),
		};
	}
}
