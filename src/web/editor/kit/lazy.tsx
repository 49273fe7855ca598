import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed, Spinner } from "./states.tsx";

/** A part of the page, the default export of its file, that is loaded when it is first shown. */
export function lazy<P extends object>(
	load: () => Promise<{ readonly default: ComponentType<P> }>,
) {
	let loaded: ComponentType<P> | undefined;
	return function Lazy(props: P) {
		const [Screen, setScreen] = useState(() => loaded);
		const [reason, setReason] = useState<string>();
		useEffect(() => {
			if (loaded !== undefined) return;
			load().then(
				(module) => {
					loaded = module.default;
					setScreen(() => module.default);
				},
				(error: unknown) => setReason(String(error)),
			);
		}, []);
		// A browser does not try a file again that it could not import: the page has to be loaded anew.
		if (reason !== undefined) return <Failed reason={reason} onRetry={() => location.reload()} />;
		return Screen === undefined ? <Spinner /> : <Screen {...props} />;
	};
}
