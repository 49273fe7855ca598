import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button } from "../../kit/button.tsx";
import { texts } from "../../texts/texts.ts";
import type { OwnedView } from "./catalog-view.ts";
import type { Problem } from "./draft.ts";
import { DeleteDialog } from "./uses.tsx";

export interface EditorFrameProps {
	readonly app: App;
	readonly kind: "models" | "features";
	/** Undefined: it is new. */
	readonly saved?: (OwnedView & { readonly id: number; readonly name: string }) | undefined;
	readonly title: string;
	readonly about?: string | undefined;
	readonly mayChange: boolean;
	readonly isChanged: boolean;
	readonly problems: readonly Problem[];
	/** @returns why it was refused. */
	readonly save: () => Promise<string | undefined>;
	readonly reset: () => void;
	readonly copy?: (() => void) | undefined;
	readonly onDeleted: () => Promise<void>;
	readonly children: ComponentChildren;
}

/** What the editors of a model and of a feature have around them. */
export function EditorFrame(props: EditorFrameProps) {
	const { saved, title, about, mayChange, isChanged, problems, save, children } = props;
	const { models } = texts.value;
	const [reason, setReason] = useState<string>();
	const [isTried, setIsTried] = useState(false);
	const [isBusy, setIsBusy] = useState(false);
	const submit = async () => {
		setIsTried(true);
		setReason(undefined);
		if (problems.length > 0) return;
		setIsBusy(true);
		const why = await save();
		setIsBusy(false);
		setIsTried(why !== undefined);
		setReason(why && models.cannotSave(why));
	};
	return (
		<form
			class="models-editor"
			onSubmit={(event) => {
				event.preventDefault();
				void submit();
			}}
		>
			<a class="devices-back models-back" href={props.kind === "models" ? "#/m" : "#/m/features"}>
				{models.back}
			</a>
			<header>
				<h2 title={title}>{title}</h2>
				<p class="devices-faint">
					{about}
					{isChanged && <span class="models-unsaved"> {models.unsaved}</span>}
				</p>
				{!mayChange && <p class="devices-faint">{models.readOnly}</p>}
			</header>
			{children}
			<div role="alert">
				{isTried &&
					problems.map((problem) => (
						<p key={problem} class="kit-error">
							{models.problems[problem]}
						</p>
					))}
				{reason !== undefined && <p class="kit-error">{reason}</p>}
			</div>
			<Actions {...props} isNew={saved === undefined} isBusy={isBusy} />
		</form>
	);
}

interface ActionsProps extends EditorFrameProps {
	readonly isNew: boolean;
	readonly isBusy: boolean;
}

function Actions(props: ActionsProps) {
	const { app, kind, saved, mayChange, isChanged, isNew, isBusy, reset, copy } = props;
	const { models } = texts.value;
	const [isDeleting, setIsDeleting] = useState(false);
	return (
		<div class="models-actions">
			{saved !== undefined && mayChange && (
				<Button icon="trash" onClick={() => setIsDeleting(true)}>
					{models.delete}
				</Button>
			)}
			{copy !== undefined && (
				<Button icon="copy" onClick={copy}>
					{models.copy}
				</Button>
			)}
			{isChanged && mayChange && <Button onClick={reset}>{models.discard}</Button>}
			{mayChange && (
				<Button kind="main" type="submit" disabled={isBusy || (!isChanged && !isNew)}>
					{isNew ? models.create : models.save}
				</Button>
			)}
			{isDeleting && saved !== undefined && (
				<DeleteDialog
					{...{ app, kind }}
					{...{ id: saved.id, name: saved.name }}
					onDeleted={props.onDeleted}
					onClose={() => setIsDeleting(false)}
				/>
			)}
		</div>
	);
}

/** Whose it is, and where it is used. */
export function aboutOf({ u_name, used }: OwnedView): string {
	const { models } = texts.value;
	return `${u_name === null ? models.system : models.owner(u_name)} · ${models.usedIn(used)}`;
}
