export type Snippet = { title: string; code: string };
export type Platform = { id: string; name: string; group: "Web" | "Mobile" | "Back end"; install: string; snippets: (dsn: string) => Snippet[] };

const browser = (packageName: string, setup: (dsn: string) => string, install = `npm install ${packageName}`): Pick<Platform, "install" | "snippets"> => ({
  install,
  snippets: (dsn) => [
    { title: "Before anything else runs", code: setup(dsn) },
    { title: "Send a first event", code: `setTimeout(() => {\n  throw new Error("Hello Errata");\n});` },
  ],
});

const initCall = (dsn: string): string => `Sentry.init({\n  dsn: "${dsn}",\n});`;

/** The official SDKs, pointed at this server by the DSN alone. */
export const platforms: readonly Platform[] = [
  {
    id: "javascript",
    name: "JavaScript",
    group: "Web",
    ...browser("@sentry/browser", (dsn) => `import * as Sentry from "@sentry/browser";\n\n${initCall(dsn)}`),
  },
  {
    id: "react",
    name: "React",
    group: "Web",
    ...browser(
      "@sentry/react",
      (dsn) =>
        `import * as Sentry from "@sentry/react";\nimport { createRoot } from "react-dom/client";\n\n${initCall(dsn)}\n\ncreateRoot(document.getElementById("root"), {\n  onUncaughtError: Sentry.reactErrorHandler(),\n  onRecoverableError: Sentry.reactErrorHandler(),\n}).render(<App />);`,
    ),
  },
  {
    id: "vue",
    name: "Vue",
    group: "Web",
    ...browser(
      "@sentry/vue",
      (dsn) => `import { createApp } from "vue";\nimport * as Sentry from "@sentry/vue";\nimport App from "./App.vue";\n\nconst app = createApp(App);\n\nSentry.init({\n  app,\n  dsn: "${dsn}",\n});\n\napp.mount("#app");`,
    ),
  },
  {
    id: "angular",
    name: "Angular",
    group: "Web",
    ...browser(
      "@sentry/angular",
      (dsn) =>
        `import { ErrorHandler } from "@angular/core";\nimport { bootstrapApplication } from "@angular/platform-browser";\nimport * as Sentry from "@sentry/angular";\nimport { AppComponent } from "./app/app.component";\n\n${initCall(dsn)}\n\nbootstrapApplication(AppComponent, {\n  providers: [{ provide: ErrorHandler, useValue: Sentry.createErrorHandler() }],\n});`,
    ),
  },
  {
    id: "python",
    name: "Python",
    group: "Back end",
    install: "pip install sentry-sdk",
    snippets: (dsn) => [
      { title: "At the start of your program", code: `import sentry_sdk\n\nsentry_sdk.init(dsn="${dsn}")` },
      { title: "Send a first event", code: `raise RuntimeError("Hello Errata")` },
    ],
  },
  {
    id: "node",
    name: "Node.js",
    group: "Back end",
    install: "npm install @sentry/node",
    snippets: (dsn) => [
      { title: "instrument.mjs, loaded with node --import ./instrument.mjs", code: `import * as Sentry from "@sentry/node";\n\n${initCall(dsn)}` },
      { title: "Send a first event", code: `throw new Error("Hello Errata");` },
    ],
  },
  {
    id: "go",
    name: "Go",
    group: "Back end",
    install: "go get github.com/getsentry/sentry-go",
    snippets: (dsn) => [
      {
        title: "main.go",
        code: `package main\n\nimport (\n\t"errors"\n\t"log"\n\t"time"\n\n\t"github.com/getsentry/sentry-go"\n)\n\nfunc main() {\n\terr := sentry.Init(sentry.ClientOptions{\n\t\tDsn: "${dsn}",\n\t})\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\tdefer sentry.Flush(2 * time.Second)\n\n\tsentry.CaptureException(errors.New("Hello Errata"))\n}`,
      },
    ],
  },
  {
    id: "java",
    name: "Java",
    group: "Back end",
    install: `implementation("io.sentry:sentry:8.+")`,
    snippets: (dsn) => [
      {
        title: "Main.java",
        code: `import io.sentry.Sentry;\n\npublic class Main {\n  public static void main(String[] args) {\n    Sentry.init(options -> options.setDsn("${dsn}"));\n\n    throw new IllegalStateException("Hello Errata");\n  }\n}`,
      },
    ],
  },
  {
    id: "ruby",
    name: "Ruby",
    group: "Back end",
    install: "bundle add sentry-ruby",
    snippets: (dsn) => [
      { title: "At the start of your program", code: `require "sentry-ruby"\n\nSentry.init do |config|\n  config.dsn = "${dsn}"\nend` },
      { title: "Send a first event", code: `Sentry.capture_message("Hello Errata")` },
    ],
  },
  {
    id: "php",
    name: "PHP",
    group: "Back end",
    install: "composer require sentry/sentry",
    snippets: (dsn) => [
      { title: "At the start of your program", code: `require __DIR__ . '/vendor/autoload.php';\n\n\\Sentry\\init(['dsn' => '${dsn}']);` },
      { title: "Send a first event", code: `throw new RuntimeException('Hello Errata');` },
    ],
  },
  {
    id: "dotnet",
    name: ".NET",
    group: "Back end",
    install: "dotnet add package Sentry",
    snippets: (dsn) => [{ title: "Program.cs", code: `using Sentry;\n\nSentrySdk.Init(options => options.Dsn = "${dsn}");\n\nSentrySdk.CaptureMessage("Hello Errata");` }],
  },
  {
    id: "android",
    name: "Kotlin (Android)",
    group: "Mobile",
    install: `implementation("io.sentry:sentry-android:8.+")`,
    snippets: (dsn) => [
      {
        title: "Your Application class (and turn io.sentry.auto-init off in the manifest)",
        code: `import android.app.Application\nimport io.sentry.Sentry\nimport io.sentry.android.core.SentryAndroid\n\nclass App : Application() {\n  override fun onCreate() {\n    super.onCreate()\n    SentryAndroid.init(this) { options ->\n      options.dsn = "${dsn}"\n    }\n    Sentry.captureMessage("Hello Errata")\n  }\n}`,
      },
    ],
  },
  {
    id: "kotlin",
    name: "Kotlin (server)",
    group: "Back end",
    install: `implementation("io.sentry:sentry:8.+")`,
    snippets: (dsn) => [{ title: "Main.kt", code: `import io.sentry.Sentry\n\nfun main() {\n  Sentry.init { options -> options.dsn = "${dsn}" }\n\n  error("Hello Errata")\n}` }],
  },
  {
    id: "swift",
    name: "Swift",
    group: "Mobile",
    install: "https://github.com/getsentry/sentry-cocoa",
    snippets: (dsn) => [
      {
        title: "Your App",
        code: `import Sentry\nimport SwiftUI\n\n@main\nstruct MyApp: App {\n  init() {\n    SentrySDK.start { options in\n      options.dsn = "${dsn}"\n    }\n    SentrySDK.capture(message: "Hello Errata")\n  }\n\n  var body: some Scene {\n    WindowGroup { ContentView() }\n  }\n}`,
      },
    ],
  },
  {
    id: "react-native",
    name: "React Native",
    group: "Mobile",
    ...browser("@sentry/react-native", (dsn) => `import * as Sentry from "@sentry/react-native";\n\n${initCall(dsn)}\n\nexport default Sentry.wrap(App);`),
  },
  {
    id: "flutter",
    name: "Flutter",
    group: "Mobile",
    install: "flutter pub add sentry_flutter",
    snippets: (dsn) => [
      {
        title: "main.dart",
        code: `import 'package:flutter/widgets.dart';\nimport 'package:sentry_flutter/sentry_flutter.dart';\n\nFuture<void> main() async {\n  await SentryFlutter.init(\n    (options) => options.dsn = '${dsn}',\n    appRunner: () => runApp(const MyApp()),\n  );\n  await Sentry.captureMessage('Hello Errata');\n}`,
      },
    ],
  },
];

export const platformGroups = ["Web", "Back end", "Mobile"] as const;

export const findPlatform = (id: string | null): Platform | undefined => platforms.find((platform) => platform.id === id);
