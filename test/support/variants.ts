// Tests that only some variants of a suite have. They are not even defined in the others: a skipped test is one
// that this machine cannot run.
import { describe, test } from "bun:test";
import { TESTS_EXTERNAL } from "./target.ts";

const none = () => {};

/** For what is the embedded broker's own matter. */
export const describeEmbedded = TESTS_EXTERNAL ? none : describe;
export const testEmbedded = TESTS_EXTERNAL ? none : test;
