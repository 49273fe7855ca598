import { useEffect, useState } from "preact/hooks";
import type { App } from "../app-context.ts";
import type { OpenProject } from "../project/open-project.ts";
import type { Reached } from "../screens/people/sheet-address.ts";
import { reachedAt } from "./invite-server.ts";

/** Where the server is reached; undefined: not known yet. Asked again when contact is found again: it may be elsewhere then. */
export function useReached({ ask }: App, project: OpenProject): Reached | undefined {
	const [reached, setReached] = useState<Reached>();
	const isLive = project.contact.value.state === "live";
	useEffect(() => {
		if (!isLive) return undefined;
		let isWanted = true;
		void reachedAt(ask).then((answer) => {
			if (isWanted && answer.ok) setReached(answer.body);
		});
		return () => {
			isWanted = false;
		};
	}, [ask, isLive]);
	return reached;
}
