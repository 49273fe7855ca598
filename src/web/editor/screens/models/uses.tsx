import { useEffect, useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { ConfirmDialog, Dialog } from "../../kit/dialog.tsx";
import { Spinner } from "../../kit/states.tsx";
import { texts } from "../../texts/texts.ts";

/** The answer of `GET /api/v1/catalog/…/uses`. */
interface UsesView {
	readonly models: readonly { readonly dm_id: number; readonly dm_name: string }[];
	readonly projects: readonly {
		readonly p_id: number;
		readonly p_name: string;
		readonly u_name: string;
	}[];
	/** Projects the reader may not see. */
	readonly others: number;
}

export interface DeleteDialogProps {
	readonly app: App;
	readonly kind: "models" | "features";
	readonly id: number;
	readonly name: string;
	readonly onDeleted: () => Promise<void>;
	readonly onClose: () => void;
}

const PATHS = { models: "devicemodel", features: "devicefeature" } as const;

/** Asks before something is deleted; of what is in use it says where. */
export function DeleteDialog({ app, kind, id, name, onDeleted, onClose }: DeleteDialogProps) {
	const { models } = texts.value;
	const [uses, setUses] = useState<UsesView>();
	const look = async () => {
		const answer = await app.ask<UsesView>("GET", `api/v1/catalog/${kind}/${id}/uses`);
		setUses(answer.ok ? answer.body : { models: [], projects: [], others: 0 });
	};
	useEffect(() => void look(), []);
	const remove = async () => {
		const answer = await app.ask("DELETE", `api/v0/${PATHS[kind]}/${id}`);
		if (!answer.ok) {
			// Another person may have begun to use it meanwhile.
			await look();
			return models.notDone(answer.reason);
		}
		app.notices.say(models.deleted(name), "good");
		await onDeleted();
		return undefined;
	};
	const title = models.deleteTitle(name);
	if (uses === undefined) {
		return (
			<Dialog title={title} onClose={onClose}>
				<Spinner />
			</Dialog>
		);
	}
	if (uses.models.length + uses.projects.length + uses.others > 0) {
		return (
			<Dialog
				title={title}
				onClose={onClose}
				actions={<Button onClick={onClose}>{models.close}</Button>}
			>
				<p>{models.inUse}</p>
				<Uses uses={uses} />
			</Dialog>
		);
	}
	return (
		<ConfirmDialog
			title={title}
			confirm={models.delete}
			isDangerous
			onConfirm={remove}
			onClose={onClose}
		>
			<p>{models.deleteHint}</p>
		</ConfirmDialog>
	);
}

function Uses({ uses }: { readonly uses: UsesView }) {
	const { models } = texts.value;
	return (
		<ul>
			{uses.models.map(({ dm_id, dm_name }) => (
				<li key={`m${dm_id}`}>
					<a class="models-use" href={`#/m/${dm_id}`}>
						{models.modelLink(dm_name)}
					</a>
				</li>
			))}
			{uses.projects.map(({ p_id, p_name, u_name }) => (
				<li key={`p${p_id}`}>
					<a class="models-use" href={`#/p/${p_id}`}>
						{models.projectLink(p_name, u_name)}
					</a>
				</li>
			))}
			{uses.others > 0 && <li>{models.inUseOthers(uses.others)}</li>}
		</ul>
	);
}
