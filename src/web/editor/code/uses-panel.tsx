import { useCallback, useEffect, useState } from "preact/hooks";
import { Failed, Spinner } from "../kit/states.tsx";
import type { Answer } from "../server/ask.ts";
import type { FunctionServer, FunctionUses } from "./functions-server.ts";
import { UsesList } from "./uses-list.tsx";

export interface UsesPanelProps {
	readonly server: FunctionServer;
	readonly fnId: number;
}

/** Where a function is used, each a link there. */
export default function UsesPanel({ server, fnId }: UsesPanelProps) {
	const [answer, setAnswer] = useState<Answer<FunctionUses>>();
	const load = useCallback(() => {
		let isThere = true;
		setAnswer(undefined);
		void server.uses(fnId).then((told) => {
			if (isThere) setAnswer(told);
		});
		return () => {
			isThere = false;
		};
	}, [server, fnId]);
	useEffect(load, [load]);
	if (answer === undefined) return <Spinner />;
	if (!answer.ok) return <Failed reason={answer.reason} onRetry={load} />;
	return <UsesList uses={answer.body} />;
}
