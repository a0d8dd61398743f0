// VS Code's editor core with popup and ghost text from plumb: a language client of a hundred lines.

const URI = "file:///shop.py";
const waiting = new Map();
const socket = new WebSocket(`ws://${location.host}/`);
let number = 0;
let version = 1;

function send(message) {
  socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
}

function ask(method, params) {
  number += 1;
  send({ id: number, method, params });
  return new Promise((resolve) => waiting.set(number, resolve));
}

function tell(method, params) {
  send({ method, params });
}

socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.method !== undefined && message.id !== undefined) {
    const items = message.params?.items;
    send({ id: message.id, result: items ? items.map(() => null) : null });
  } else if (waiting.has(message.id)) {
    waiting.get(message.id)(message.result ?? null);
    waiting.delete(message.id);
  }
};

const toPosition = ({ lineNumber, column }) => ({ line: lineNumber - 1, character: column - 1 });
const toRange = ({ start, end }) =>
  new monaco.Range(start.line + 1, start.character + 1, end.line + 1, end.character + 1);
const fromRange = (range) => ({
  start: { line: range.startLineNumber - 1, character: range.startColumn - 1 },
  end: { line: range.endLineNumber - 1, character: range.endColumn - 1 },
});

/** The popup. */
async function provideCompletionItems(model, position) {
  const answer = await ask("textDocument/completion", {
    textDocument: { uri: URI },
    position: toPosition(position),
  });
  const word = model.getWordUntilPosition(position);
  const here = new monaco.Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
  const suggestions = (answer?.items ?? answer ?? []).map((item) => ({
    label: item.label,
    kind: Math.max(0, (item.kind ?? 1) - 1),
    detail: item.detail,
    sortText: item.sortText,
    filterText: item.filterText,
    insertText: item.textEdit?.newText ?? item.insertText ?? item.label,
    range: item.textEdit?.range ? toRange(item.textEdit.range) : here,
  }));
  return { suggestions };
}

/** The ghost text; it is told what is selected in the popup. */
async function provideInlineCompletions(model, position, context) {
  const selected = context.selectedSuggestionInfo;
  const answer = await ask("textDocument/inlineCompletion", {
    textDocument: { uri: URI },
    position: toPosition(position),
    context: {
      triggerKind: context.triggerKind === 1 ? 1 : 2,
      ...(selected && { selectedCompletionInfo: { range: fromRange(selected.range), text: selected.text } }),
    },
  });
  const items = (answer?.items ?? answer ?? []).map((item) => ({
    insertText: item.insertText.value ?? item.insertText,
    range: item.range ? toRange(item.range) : undefined,
  }));
  window.ghosts = [...(window.ghosts ?? []), { selected: selected?.text ?? null, items: items.map((one) => one.insertText) }];
  return { items };
}

async function start() {
  await new Promise((resolve) => (socket.readyState === 1 ? resolve() : (socket.onopen = resolve)));
  await ask("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {
      general: { positionEncodings: ["utf-16"] },
      textDocument: { completion: {}, inlineCompletion: {}, synchronization: {} },
    },
  });
  tell("initialized", {});
  const text = new URLSearchParams(location.search).get("text") ?? "";
  tell("textDocument/didOpen", { textDocument: { uri: URI, languageId: "python", version, text } });
  monaco.languages.registerCompletionItemProvider("python", { provideCompletionItems, triggerCharacters: ["."] });
  monaco.languages.registerInlineCompletionsProvider("python", {
    provideInlineCompletions,
    freeInlineCompletions() {},
  });
  const editor = monaco.editor.create(document.getElementById("editor"), {
    value: text,
    language: "python",
    fontSize: 15,
    minimap: { enabled: false },
    wordBasedSuggestions: "off",
    quickSuggestions: true,
    autoClosingBrackets: "never",
    parameterHints: { enabled: false },
    inlineSuggest: { enabled: true, suppressSuggestions: false },
  });
  editor.onDidChangeModelContent(() => {
    version += 1;
    tell("textDocument/didChange", {
      textDocument: { uri: URI, version },
      contentChanges: [{ text: editor.getValue() }],
    });
  });
  const last = editor.getModel().getLineCount();
  editor.setPosition({ lineNumber: last, column: editor.getModel().getLineMaxColumn(last) });
  editor.focus();
  window.shown = editor;
}

require.config({ paths: { vs: "node_modules/monaco-editor/min/vs" } });
require(["vs/editor/editor.main"], start);
