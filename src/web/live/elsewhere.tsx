import { useEffect, useState } from "preact/hooks";
import type { OwnerView } from "../../contract/mod.ts";

/** A device's id, or `CLIENT/GRAPH`. */
const NAME = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^/]+\/.+)$/i;
const PAUSE_MS = 400;

/** Which node has what was not found on this one. @param wanted What is looked for. */
export function Elsewhere({ wanted }: { wanted: string }) {
	const [owner, setOwner] = useState<OwnerView>();
	const key = wanted.trim();
	useEffect(() => {
		setOwner(undefined);
		if (!NAME.test(key)) return;
		let isOver = false;
		const timer = setTimeout(() => {
			void fetch(`api/cluster/owner?of=${encodeURIComponent(key)}`)
				.then((answer) => (answer.ok ? answer.json() : undefined))
				.then(
					(found) => isOver || setOwner(found),
					() => {},
				);
		}, PAUSE_MS);
		return () => {
			isOver = true;
			clearTimeout(timer);
		};
	}, [key]);
	if (owner === undefined || owner.is_ours) return null;
	const { node, url, partition } = owner;
	return (
		<p>
			{node === null ? (
				<>No node has partition {partition}, to which it belongs, at the moment.</>
			) : (
				<>
					If there is one, it is on node <a href={`${url}/live`}>{node}</a>, which has partition{" "}
					{partition}.
				</>
			)}
		</p>
	);
}
