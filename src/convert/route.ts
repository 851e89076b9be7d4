/** Who reads which records: the framings and formats of a stream, and what is known of its programs; see src/kernel/route.ts. */
import { MailtrailError } from "../errors.js";
import { frameSlot } from "../format/define.js";
import { type Format, FRAMING, programsOf } from "../format/format.js";
import type { Parser } from "../grammar/parser.js";
import type { Kernel } from "./kernel.js";

/** Programs that are remembered; names may be forged without end. */
export const MOST_PROGRAMS = 10_000;
/** UTF-16 units of a name that is remembered. */
const LONGEST_NAME = 255;

/** Some daemons name themselves by their path; `postfix/smtpd` is no path. */
const commandName = (program: string): string => (program.startsWith("/") ? program.slice(program.lastIndexOf("/") + 1) : program);

/** What a stream has learned of those who write into it. */
export interface Routes {
	/** Index of the framing that was seen last. */
	readonly framing: number;
	/** Program → id of the format that knew its text, though not its name. */
	readonly programs: readonly (readonly [program: string, format: string])[];
}

/** Programs whose text was asked. */
export type Asked = readonly string[] | "many";

export interface RouteSettings {
	readonly formats: readonly Format[];
	readonly framing: Parser;
	/** Bare lines are records of this format. */
	readonly forced?: Format | undefined;
}

/** A rule that reads frames, and the name of its grammar. */
export interface FramingRule {
	readonly grammar: string;
	readonly rule: string;
}

/** The parser of a format, in the memory of the kernel. Throws MailtrailError when it cannot be loaded: no record is to blame for that. */
function placed(kernel: Kernel, { id, parser }: Format): Parser {
	try {
		kernel.parser(parser);
		return parser;
	} catch (error) {
		if (error instanceof MailtrailError) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new MailtrailError("format.parser", 3, `the parser of "${id}" cannot be loaded: ${reason}`, "Install mailtrail again.");
	}
}

/** Throws MailtrailError for more formats than the kernel has room for. */
function checkCounts(formats: readonly Format[], { MOST_FORMATS: most, MOST_FRAMINGS: mostFramings }: Kernel["run"]): void {
	const framings = formats.reduce((sum, { definition }) => sum + (definition.frames?.length ?? 0), 1);
	if (formats.length <= most.value && framings <= mostFramings.value) return;
	throw new MailtrailError(
		"formats.many",
		2,
		`${formats.length} formats with ${framings - 1} frames of their own are too many`,
		`There may be ${most.value} formats with ${mostFramings.value - 1} frames: give fewer --formats-dir.`,
	);
}

export class Router {
	/** Programs whose text told the format. */
	#learned: Map<string, number>;
	/** Programs whose text was asked, as nobody knows their names. */
	readonly #asked = new Set<string>();
	readonly #programs: readonly RegExp[];
	/** The grammar and the rule of each framing, and the index of the format whose own it is. */
	readonly #framings: (FramingRule & { readonly owner: number })[];
	/** Names that the kernel knows. */
	#named = 0;

	constructor(
		readonly kernel: Kernel,
		readonly settings: RouteSettings,
		routes: Routes = { framing: 0, programs: [] },
	) {
		const { formats, framing, forced } = settings;
		const { run } = kernel;
		checkCounts(formats, run);
		this.#programs = formats.map(({ definition }) => programsOf(definition));
		this.#learned = this.#indexed(routes);
		run.forgetRoutes();
		run.setSlots(frameSlot("payload"), frameSlot("content"), frameSlot("program"));
		run.setStampSlots(frameSlot("year"));
		run.setForced(forced === undefined ? -1 : formats.indexOf(forced));
		run.addFraming(kernel.matcher(framing, FRAMING.start), -1, 0);
		this.#framings = [{ grammar: FRAMING.grammar, rule: FRAMING.start, owner: -1 }];
		formats.forEach(({ definition }, index) => {
			run.addRules(definition.bare === undefined ? 0 : 1);
			for (const rule of definition.frames ?? []) {
				run.addFraming(run.UNLOADED.value, index, 0);
				this.#framings.push({ grammar: definition.grammar, rule, owner: index });
			}
		});
		run.setRecentFraming(routes.framing);
	}

	/** Loads the parser of a format: most logs need one or two of them. */
	load(index: number): void {
		const { kernel } = this;
		const { run } = kernel;
		const format = this.settings.formats[index];
		if (format === undefined) return;
		const { definition, record, expandSlots } = format;
		const parser = placed(kernel, format);
		const flags = (): Uint8Array => Uint8Array.from(parser.captures, (_, slot) => (expandSlots.has(slot) ? 1 : 0));
		const expands = expandSlots.size === 0 ? 0 : kernel.once(expandSlots, flags);
		const numberOf = (rule: string | undefined): number => kernel.matcher(parser, rule);
		run.loadRules(index, numberOf(record), numberOf("message"), numberOf(definition.bare), expands);
		const unfinished = numberOf(definition.unfinished);
		const weak = numberOf(definition.weakFrame);
		this.#framings.forEach(({ rule, owner }, at) => {
			if (owner === index) run.loadFraming(at, numberOf(rule), unfinished, weak);
		});
		this.onLoad?.(format);
	}

	/** Told which formats are read. */
	onLoad: ((format: Format) => void) | undefined;

	#indexed({ programs }: Routes): Map<string, number> {
		const indexes = new Map(this.settings.formats.map(({ id }, index) => [id, index]));
		return new Map(programs.flatMap(([name, id]) => (indexes.has(id) ? [[name, indexes.get(id) ?? -1]] : [])));
	}

	/** Goes on with what was learned elsewhere. */
	goOn(routes: Routes): void {
		this.#learned = this.#indexed(routes);
		this.#asked.clear();
		this.kernel.run.forgetPrograms();
		this.#named = 0;
	}

	/** Programs whose text was asked since; `many` when they are more than are remembered. */
	get asked(): Asked {
		return this.#asked.size > MOST_PROGRAMS ? "many" : [...this.#asked];
	}

	#ask(name: string): void {
		if (this.#asked.size <= MOST_PROGRAMS && name.length <= LONGEST_NAME) this.#asked.add(name);
	}

	/** What was learned so far. */
	get routes(): Routes {
		const { formats } = this.settings;
		const programs = [...this.#learned].map(([name, index]) => [name, formats[index]?.id ?? ""] as const);
		return { framing: this.kernel.run.recentFraming.value, programs };
	}

	/** The format of the record at hand; undefined when nobody reads it. */
	get format(): Format | undefined {
		return this.settings.formats[this.kernel.run.rules.value];
	}

	/** What framed the record at hand; undefined for a bare line. */
	get framing(): FramingRule | undefined {
		return this.#framings[this.kernel.run.framing.value];
	}

	/** The heap was cleared. */
	forget(): void {
		this.#named = 0;
	}

	/** Tells the kernel who reads what the program of the record at hand writes; or keeps what its text has told. */
	tellProgram(): void {
		const { kernel } = this;
		const { run } = kernel;
		const capture = run.program.value / 4;
		const [start, end] = [kernel.words[capture + 1] ?? 0, kernel.words[capture + 2] ?? 0];
		const name = kernel.text(start, end);
		if (run.rules.value < 0) {
			const index = this.#learned.get(name) ?? this.#byName(name);
			if (index === run.BY_CONTENT.value) this.#ask(name);
			this.#tell(start, end, index);
			run.routeTo(index);
			if (index >= 0 || run.rules.value < 0) return;
		}
		// A program that writes records of a format once writes all its records so.
		if (this.#learned.size >= MOST_PROGRAMS || name.length > LONGEST_NAME) return;
		this.#learned.set(name, run.rules.value);
		this.#tell(start, end, run.rules.value);
	}

	#tell(start: number, end: number, index: number): void {
		const { kernel } = this;
		if (this.#named++ >= MOST_PROGRAMS) {
			kernel.run.forgetPrograms();
			this.#named = 0;
		}
		const size = kernel.run.sizeOfProgram(end - start);
		kernel.reserve(size);
		kernel.run.addProgram(kernel.allocate(size), start, end, index);
	}

	#byName(program: string): number {
		const find = (name: string): number => this.#programs.findIndex((names) => names.test(name));
		const found = find(program);
		if (found >= 0) return found;
		const byCommand = find(commandName(program));
		return byCommand >= 0 ? byCommand : this.kernel.run.BY_CONTENT.value;
	}
}
