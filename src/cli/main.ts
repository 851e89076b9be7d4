#!/usr/bin/env node
import { tellFailure } from "./failure.js";
import { run } from "./run.js";
import { processTerminal } from "./terminal.js";

const terminal = processTerminal();

// What no verb waited for must not end the process with a stack trace either.
process.on("uncaughtException", (error) => void tellFailure(error, terminal).then((exit) => process.exit(exit)));

// Set, not process.exit: output still on its way must arrive.
process.exitCode = await run(process.argv.slice(2), terminal);
