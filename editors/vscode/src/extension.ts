// plumb in VS Code: starts the language server, shows its state, and offers its commands.

import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";

/** What the server's commands return: the row of `Answer.to_dict`. */
interface Row {
  status: string;
  answer: string | null;
  error: string | null;
}

const LANGUAGES = ["python", "java"];
const OPTIONS = ["model", "maxTokens", "ghostText", "index", "diagnostics", "javac", "slips"];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const status = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 10);
  status.command = "plumb.restart";
  context.subscriptions.push(
    status,
    vscode.commands.registerCommand("plumb.restart", () => restart(status)),
    vscode.commands.registerCommand("plumb.testHere", testHere),
    vscode.commands.registerCommand("plumb.explainSelection", explainSelection),
    vscode.commands.registerCommand("plumb.editSelection", editSelection),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("plumb.command")) {
        void restart(status);
      }
    }),
  );
  await start(status);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(status: vscode.StatusBarItem): Promise<void> {
  const settings = vscode.workspace.getConfiguration("plumb");
  const [command, ...args] = settings.get<string[]>("command", ["plumb", "lsp"]);
  const server: ServerOptions = { command, args };
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGES.flatMap((language) => [
      { scheme: "file", language },
      { scheme: "untitled", language },
    ]),
    initializationOptions: Object.fromEntries(OPTIONS.map((name) => [name, settings.get(name)])),
    synchronize: { configurationSection: "plumb" },
  };
  client = new LanguageClient("plumb", "plumb", server, options);
  client.registerProposedFeatures(); // ghost text (textDocument/inlineCompletion) is among them
  client.onDidChangeState(({ newState }) => show(status, newState));
  try {
    await client.start();
  } catch (error) {
    show(status, State.Stopped);
    void vscode.window.showErrorMessage(
      `plumb does not start (${command}): ${String(error)}. Install it, or set plumb.command.`,
    );
  }
}

async function restart(status: vscode.StatusBarItem): Promise<void> {
  await client?.stop().catch(() => undefined);
  await start(status);
}

function show(status: vscode.StatusBarItem, state: State): void {
  const icon = { [State.Running]: "check", [State.Starting]: "sync~spin", [State.Stopped]: "error" }[state];
  status.text = `$(${icon}) plumb`;
  status.tooltip = state === State.Running ? "plumb runs; click to restart" : "plumb does not run; click to start";
  status.show();
}

async function testHere(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  await editor.document.save();
  const row = await ask("Writing tests", "plumb.writeTests", editor, editor.selection.active.line);
  if (row?.status === "answered") {
    void vscode.window.showInformationMessage("plumb: tests were written and run.");
  }
}

async function explainSelection(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  const { start, end } = editor.selection;
  const row = await ask("Reading", "plumb.explain", editor, start.line, end.line);
  if (row?.answer) {
    const document = await vscode.workspace.openTextDocument({ content: row.answer, language: "plaintext" });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}

async function editSelection(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  const instruction = await vscode.window.showInputBox({
    prompt: "What to change",
    placeHolder: "add a docstring · add type hints · guard against None x · rename a to b · extract function f",
  });
  if (instruction) {
    const { start, end } = editor.selection;
    await ask("Editing", "plumb.edit", editor, start.line, end.line, instruction);
  }
}

async function ask(
  title: string,
  command: string,
  editor: vscode.TextEditor,
  ...args: (number | string)[]
): Promise<Row | undefined> {
  const running = client;
  if (running === undefined || running.state !== State.Running) {
    void vscode.window.showWarningMessage("plumb does not run.");
    return undefined;
  }
  const uri = running.code2ProtocolConverter.asUri(editor.document.uri);
  const progress = { location: vscode.ProgressLocation.Notification, title: `plumb: ${title}`, cancellable: true };
  return vscode.window.withProgress(progress, async (_, token) => {
    const row = await running.sendRequest<Row | null>(
      "workspace/executeCommand",
      { command, arguments: [uri, ...args] },
      token,
    );
    return row ?? undefined;
  });
}
