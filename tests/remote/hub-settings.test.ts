import { describe, expect, it } from "vitest";
import { hubSettings } from "../../harness/remote/hub-settings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

describe("hubSettings", () => {
  it("are huggingface_hub's when nothing is set", () => {
    expect(hubSettings({}, "/home/nobody")).toEqual({
      endpoint: "https://huggingface.co",
      cacheFolder: "/home/nobody/.cache/huggingface/hub",
      token: undefined,
      offline: false,
    });
  });

  it.each([
    [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/huggingface/hub"],
    [{ XDG_CACHE_HOME: "/xdg", HF_HOME: "/hf" }, "/hf/hub"],
    [{ HF_HOME: "~/hf" }, "/home/nobody/hf/hub"],
    [{ HF_HOME: "/hf", HF_HUB_CACHE: "/cache" }, "/cache"],
    [{ HF_HOME: "" }, "/home/nobody/.cache/huggingface/hub"],
  ])("%o: the cache is %s", (env, cache) => {
    expect(hubSettings(env, "/home/nobody").cacheFolder).toBe(cache);
  });

  it("take the token from the environment, else from its file", async () => {
    const file = await folder.write("token", " hf_file\n");
    expect(hubSettings({ HF_HOME: folder.path("") }, "/").token).toBe("hf_file");
    expect(hubSettings({ HF_TOKEN_PATH: file }, "/").token).toBe("hf_file");
    expect(hubSettings({ HF_HOME: folder.path(""), HF_TOKEN: "hf_env\r\n" }, "/").token).toBe("hf_env");
  });

  it("follow HF_ENDPOINT", () => {
    expect(hubSettings({ HF_ENDPOINT: "http://localhost:8080/" }, "/").endpoint).toBe("http://localhost:8080");
  });

  it.each([
    ["1", true],
    ["on", true],
    ["YES", true],
    ["True", true],
    ["0", false],
    ["", false],
  ])("HF_HUB_OFFLINE=%s means %s", (value, offline) => {
    expect(hubSettings({ HF_HUB_OFFLINE: value }, "/").offline).toBe(offline);
  });
});
