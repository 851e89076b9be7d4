/** What JavaScript is told while a record is on its path: why the kernel gave way, where the record stands, what is asked. */

/** Why `run` gave way to JavaScript. */
export enum Need {
	/** More bytes, or there are no more. */
	input = 0,
	/** The output is full. */
	output = 1,
	/** TEXT has no room for the record. */
	text = 2,
	/** Who reads what `program` writes; also when the text has told it. */
	program = 3,
	/** The options of the format. */
	options = 4,
	/** Captures that are read again. */
	expansion = 5,
	/** The record was read: for those who look at it themselves. */
	reading = 6,
	plan = 7,
	/** The result of a computation: ASKED tells which. */
	result = 8,
	/** All results, which cannot be remembered. */
	results = 9,
	cases = 10,
	/** The offsets of `quarter`. */
	zone = 11,
	shape = 12,
	/** The matchers of the format `unloaded`, else of the framing `unloadedFraming`. */
	parser = 13,
	/** For a survey: another date was seen, or an id that tells one. */
	date = 14,
	/** For a survey: a record begins where one was asked for. */
	boundary = 15,
	/** Who reads what the program at `unnamed` writes, to tell whether the record is framed. */
	name = 16,
	/** LOG has no room for the record. */
	log = 17,
}

/** Where a record stands on its path. */
export enum Step {
	line = 0,
	/** The record waits for its next line. */
	join = 1,
	text = 2,
	/** Who reads the record was told with `routeTo`. */
	routed = 3,
	expanded = 4,
	plan = 5,
	results = 6,
	/** The results of the record were set by JavaScript. */
	choice = 7,
	time = 8,
	shape = 9,
	/** The record is done with. */
	done = 10,
}

/** Words at ASKED, when a result is needed: which computation of the plan, where the result should be put, how often was asked for this record. */
export enum Asked {
	computation = 0,
	place = 1,
	times = 2,
}
