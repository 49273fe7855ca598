import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { EmptyState, Spinner } from "../kit/states.tsx";

interface LazyPartProps<P> {
	readonly load: () => Promise<ComponentType<P>>;
	readonly props: P;
	/** What is said when it cannot be loaded. */
	readonly failed: string;
}

/** A part of the page that is loaded when it is first shown. */
export function LazyPart<P extends object>({ load, props, failed }: LazyPartProps<P>) {
	const [Part, setPart] = useState<ComponentType<P>>();
	const [isFailed, setIsFailed] = useState(false);
	useEffect(() => {
		load().then(
			(loaded) => setPart(() => loaded),
			() => setIsFailed(true),
		);
	}, [load]);
	if (isFailed) return <EmptyState icon="warning" title={failed} />;
	return Part === undefined ? <Spinner /> : <Part {...props} />;
}
