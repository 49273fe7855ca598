import { InvariantError } from "../../kit/mod.ts";

/** A stored row is not what this program wrote; everything else can be served. */
export class UnreadableRowError extends InvariantError {}
