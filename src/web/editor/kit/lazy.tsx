import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadTexts, type TextsPart } from "../texts/texts.ts";
import { Failed, Spinner } from "./states.tsx";

/** A component that is loaded when it is first shown. */
export interface Lazy<P> {
	(props: P): VNode | null;
	/** Loads it before that; what fails is tried again when it is shown. */
	preload(): void;
}

export interface LazyOptions {
	/** The words it needs beside those of the page, which are loaded with it. */
	readonly texts?: readonly TextsPart[];
	/** What is in its place until it is there; a spinner, unless said. */
	readonly meanwhile?: () => VNode | null;
}

type Loaded<P> = { readonly default: ComponentType<P> };

/** Has a component's file loaded when it is first shown. */
export function lazy<P extends object>(
	load: () => Promise<Loaded<P>>,
	{ texts = [], meanwhile: Meanwhile = Spinner }: LazyOptions = {},
): Lazy<P> {
	let loaded: ComponentType<P> | undefined;
	const get = async () => {
		const [module] = await Promise.all([load(), ...texts.map(loadTexts)]);
		loaded = module.default;
		return loaded;
	};
	const Shown = (props: P) => {
		const [Component, setComponent] = useState(() => loaded);
		const [reason, setReason] = useState<string>();
		useEffect(() => {
			if (Component !== undefined) return;
			get().then(
				(component) => setComponent(() => component),
				(error: unknown) => setReason(String(error)),
			);
		}, [Component]);
		// A browser does not try a file again that it could not import: the page has to be loaded again.
		if (reason !== undefined) return <Failed reason={reason} onRetry={() => location.reload()} />;
		if (Component !== undefined) return <Component {...props} />;
		return <Meanwhile />;
	};
	return Object.assign(Shown, {
		preload: () => {
			if (loaded === undefined) get().catch(() => {});
		},
	});
}
