import type { App } from "../../app-context.ts";
import { lazy } from "../../kit/lazy.tsx";
import type { OpenProject } from "../../project/open-project.ts";
import type { Selection } from "../../routes.ts";
import { ImportDialog } from "../projects/import-dialog.tsx";
import type { Actions } from "./actions.ts";
import type { DialogName } from "./commands.ts";
import { FindDialog } from "./find-dialog.tsx";
import { KeysDialog } from "./keys-dialog.tsx";
import { CopyDialog, CopyMembersDialog, RemoveDialog, RenameDialog } from "./name-dialogs.tsx";
import { ShareDialog } from "./share-dialog.tsx";
import "./dialogs.css";

const InviteDialog = lazy(() => import("../../invite/invite-dialog.tsx"), { texts: ["invite"] });

export interface ProjectDialogProps {
	readonly app: App;
	readonly project: OpenProject;
	readonly actions: Actions;
	readonly name: DialogName;
	readonly open: (dialog: DialogName) => void;
	readonly onSelect: (selection: Selection) => void;
	readonly onFilter: (text: string) => void;
	readonly onClose: () => void;
}

/** The dialog that is open. */
export default function ProjectDialog(props: ProjectDialogProps) {
	const { app, project, onClose } = props;
	const shared = { app, project, onClose };
	switch (props.name) {
		case "find":
			return <FindDialog {...props} />;
		case "invite":
			return <InviteDialog {...shared} />;
		case "keys":
			return <KeysDialog onClose={onClose} />;
		case "rename":
			return <RenameDialog {...shared} />;
		case "share":
			return <ShareDialog {...shared} />;
		case "copy":
			return <CopyDialog {...shared} />;
		case "copy-members":
			return <CopyMembersDialog {...shared} />;
		case "import":
			return <ImportDialog app={app} taken={[]} onClose={onClose} />;
		case "remove":
			return <RemoveDialog {...shared} />;
	}
}
