import type { Static, TSchema } from "@sinclair/typebox";

/** A value that must not be changed through it. */
type Unchangeable<T> = T extends readonly (infer E)[]
	? readonly Unchangeable<E>[]
	: T extends object
		? { readonly [K in keyof T]: Unchangeable<T[K]> }
		: T;

/** What a schema of something shown describes. */
export type View<T extends TSchema> = Unchangeable<Static<T>>;
