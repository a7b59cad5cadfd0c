#!/usr/bin/env python3
"""Uses the web page of `emnist serve` in Chromium as visitors do: draws with mouse, finger and pen, chooses,
drops and pastes pictures, goes by keyboard alone and without JavaScript, on phone, tablet and desktop,
light and dark.

    python3 lib/test/peers_page.py [--emnist build/emnist] [--screenshots build/screenshots] [SCENARIO]...

The screenshots are for people to look at. Skipped without selenium, chromium and chromedriver; prints TAP.
"""
import argparse
import base64
import os
import re
import shutil
import subprocess
import sys
import time

try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

SAMPLES = os.path.abspath("testdata/samples")
THREE = os.path.join(SAMPLES, "digit-3-photo.jpg")
TRANSPARENT = os.path.join(SAMPLES, "capital-r-transparent.png")
SCREENS = {"phone": (360, 740, 2), "tablet": (820, 1180, 1), "desktop": (1280, 800, 1)}
BLOCK_SCRIPTS = {"profile.managed_default_content_settings.javascript": 2}
PATIENCE = 60  # seconds

# Strokes of points, as shares of the canvas.
A = [[(.25, .85), (.38, .5), (.5, .15), (.62, .5), (.75, .85)], [(.35, .6), (.65, .6)]]
ONE = [[(.5, .15), (.5, .5), (.5, .85)]]

SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


# ------------------------------------------------------------------ a browser

class Page:
    def __init__(self, url, screen="desktop", dark=False, scripts=True, folder=None):
        width, height, scale = SCREENS[screen]
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in ("--no-sandbox", "--headless=new", "--hide-scrollbars",
                         f"--window-size={width},{height}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not scripts:
            options.add_experimental_option("prefs", BLOCK_SCRIPTS)
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.folder = folder
        is_phone = screen == "phone"
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=scale, mobile=is_phone)
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=is_phone)
        self.media(("prefers-color-scheme", "dark" if dark else "light"))
        self.driver.get(url)

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def media(self, *features):
        self.cdp("Emulation.setEmulatedMedia",
                 features=[dict(name=name, value=value) for name, value in features])

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.js("return document.querySelector(arguments[0])?.innerText", selector)

    def wait(self, condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{what}: waited in vain"
            time.sleep(.02)

    def settle(self):
        """Waits until everything that was asked is answered."""
        self.wait(lambda: not self.js("return timer || asking"), "an answer")

    def answer(self):
        self.settle()
        return self.text(".words b")

    def draw(self, strokes, kind="mouse", pressure=None, release=True):
        canvas = self.find("#canvas")
        for i, points in enumerate(strokes):
            device = PointerInput(kind, f"{kind}{i}")
            builder = ActionBuilder(self.driver, mouse=device, duration=20)
            action = builder.pointer_action
            keep = {} if pressure is None else {"pressure": pressure}
            for j, (x, y) in enumerate(points):
                action.move_to(canvas, int((x - .5) * canvas.size["width"]),
                               int((y - .5) * canvas.size["height"]), **keep)
                if j == 0:
                    action.pointer_down(**keep)
            if release:
                action.pointer_up()
            builder.perform()

    def ink(self):
        """How much of the canvas is drawn on."""
        return self.js("""
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let n = 0;
            for (let i = 3; i < pixels.length; i += 4) n += pixels[i] > 0;
            return n / (canvas.width * canvas.height)""")

    def shot(self, name, whole=False):
        arguments = {}
        if whole:
            size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
            arguments = dict(captureBeyondViewport=True, clip=dict(size, scale=1))
        data = self.cdp("Page.captureScreenshot", format="png", **arguments)["data"]
        with open(os.path.join(self.folder, name + ".png"), "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """What the browser logged, such as violations of the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


def same(got, wanted, what):
    assert got == wanted, f"{what}: got {got!r}, wanted {wanted!r}"


# ------------------------------------------------------------- what always holds

# The least contrast of text on the page, see WCAG 2.2, 1.4.3.
CONTRAST = """
const numbers = (color) => (color.match(/[\\d.]+/g) || []).map(Number);
const linear = (v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
const behind = (e) => {
    for (; e; e = e.parentElement) {
        const color = numbers(getComputedStyle(e).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
};
let least = [99, ''];
for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !e.checkVisibility()) continue;
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < least[0]) least = [ratio, e.outerHTML.slice(0, 60)];
}
return least"""

# Controls smaller than a finger; the label of a box is part of it.
SMALL = """
return [...document.querySelectorAll('button, select, input')].filter((e) => e.checkVisibility())
    .map((e) => (e.closest('label') || e)).filter((e) => e.getBoundingClientRect().height < 44)
    .map((e) => e.outerHTML.slice(0, 60))"""


def check_rules(page):
    width = page.js("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], f"the page is wider than the screen: {width}"
    ratio, where = page.js(CONTRAST)
    assert ratio >= 4.5, f"contrast {ratio:.2f} of {where}"
    same(page.js(SMALL), [], "controls that are too small")
    same(page.js("return document.getAnimations().length"), 0, "moving parts")
    same(page.js("return performance.getEntriesByType('resource').map((e) => e.name)"
                 ".filter((name) => !name.startsWith(location.origin) && !/^(data|blob):/.test(name))"),
         [], "requests elsewhere")
    same(page.js("return document.cookie + Object.keys(localStorage) + Object.keys(sessionStorage)"), "",
         "what is kept")
    nodes = page.cdp("Accessibility.getFullAXTree")["nodes"]
    roles = ("button", "combobox", "checkbox", "image", "status", "region")
    for node in nodes:
        role = node.get("role", {}).get("value")
        if role in roles and not node.get("ignored") and role != "status":
            assert node.get("name", {}).get("value"), f"a {role} without a name"
    same(page.complaints(), [], "the browser's complaints")


def draw_on(screen, dark, kind, pressure=None):
    def run(open_page):
        name = f"{screen}-{'dark' if dark else 'light'}"
        page = open_page(screen=screen, dark=dark)
        check_rules(page)
        page.shot(name + "-start")
        page.draw(A, kind, pressure)
        same(page.answer(), "capital letter A", "the label")
        page.shot(name)
        page.shot(name + "-whole", whole=True)
        check_rules(page)
        same(len(page.driver.find_elements(By.CSS_SELECTOR, ".cells li")), 62, "scores")
    run.__name__ = f"draws with a {kind} on a {screen}, {'dark' if dark else 'light'}"
    return run


for number, (screen, kind, pressure) in enumerate(
        (("phone", "touch", None), ("tablet", "pen", .5), ("desktop", "mouse", None))):
    SCENARIOS.append(draw_on(screen, False, kind, pressure))
    SCENARIOS.append(draw_on(screen, True, kind, pressure))


# --------------------------------------------------------------------- drawing

@scenario
def answers_while_a_stroke_is_drawn(open_page):
    page = open_page()
    page.draw(ONE, release=False)
    page.settle()
    assert page.text(".label") in ("1", "l", "I"), page.text(".label")
    assert page.js("return stroke !== null"), "the stroke has ended"


@scenario
def presses_a_pen(open_page):
    inks = []
    for pressure in (.1, .9):
        page = open_page()
        page.draw(ONE, "pen", pressure)
        inks.append(page.ink())
    assert inks[1] > 1.8 * inks[0], f"a firm stroke is not wider: {inks}"


@scenario
def undoes_and_clears(open_page):
    page = open_page()
    page.draw(A)
    both = page.ink()
    page.settle()
    page.find("#undo").click()
    page.settle()
    assert 0 < page.ink() < both, "the last stroke is still there"
    assert page.text(".words b") != "capital letter A"
    page.draw(A[1:])
    same(page.answer(), "capital letter A", "the label after another stroke")
    page.find("#clear").click()
    page.settle()
    same(page.ink(), 0, "ink")
    same(page.text("#waiting"), "The answer appears here.", "the answer")
    page.draw([[(.5, .5)]])
    page.settle()
    assert page.ink() > 0, "a dot is nothing"


@scenario
def answers_that_come_late_are_dropped(open_page):
    page = open_page()
    page.draw(A)
    page.find("#clear").click()
    page.settle()
    time.sleep(.5)
    same(page.text("#answer"), "", "the answer after the drawing was cleared")


# -------------------------------------------------------------------- pictures

@scenario
def chooses_a_picture(open_page):
    page = open_page()
    page.find("input[type=file]").send_keys(THREE)
    same(page.answer(), "digit 3", "the label")
    page.wait(lambda: page.js("return !picture.hidden && picture.naturalWidth > 0"), "the picture")
    page.shot("chosen")
    check_rules(page)
    page.find("#clear").click()
    assert page.js("return picture.hidden && !form.image.files.length"), "the picture is still there"
    page.find("input[type=file]").send_keys(THREE)
    same(page.answer(), "digit 3", "the same picture again")
    page.draw(A)
    same(page.answer(), "capital letter A", "a drawing in its place")


@scenario
def chooses_what_to_look_for(open_page):
    page = open_page()
    page.draw(ONE)
    page.find("select option[value=digits]").click()
    same(page.answer(), "digit 1", "the digit")
    same(page.text("#answer h2:last-of-type"), "All 10 characters, in percent", "the title")
    page.shot("digits", whole=True)
    page.find("select option[value=letters]").click()
    page.find("input[type=checkbox]").click()
    page.settle()
    assert page.answer() in ("letter I", "letter L"), page.answer()
    same(page.text("#answer h3"), "Letters of either case", "the group")
    check_rules(page)


@scenario
def drops_a_picture(open_page):
    page = open_page()
    for kind in ("dragEnter", "dragOver", "drop"):
        page.cdp("Input.dispatchDragEvent", type=kind, x=600, y=300,
                 data=dict(items=[], files=[TRANSPARENT], dragOperationsMask=1))
        if kind == "dragOver":
            page.shot("dragging")
    same(page.answer(), "capital letter R", "the label")
    page.shot("dropped")


@scenario
def pastes_a_picture(open_page):
    page = open_page()
    page.cdp("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
             origin=page.js("return location.origin"))
    with open(os.path.join(SAMPLES, "digit-2-scan.png"), "rb") as file:
        data = base64.b64encode(file.read()).decode()
    page.driver.execute_async_script("""
        const bytes = Uint8Array.from(atob(arguments[0]), (c) => c.charCodeAt(0));
        const item = new ClipboardItem({'image/png': new Blob([bytes], {type: 'image/png'})});
        navigator.clipboard.write([item]).then(arguments[1])""", data)
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
    page.wait(lambda: page.js("return form.image.files.length"), "the paste")
    same(page.answer(), "digit 2", "the label")


@scenario
def says_what_is_wrong(open_page):
    page = open_page()
    files = {
        "testdata/README.md": "This picture cannot be read: unknown format",
        "testdata/malformed/png-60000x60000.png": "This picture cannot be read: image is 60000 pixels wide",
    }
    for path, wanted in files.items():
        page.find("input[type=file]").send_keys(os.path.abspath(path))
        page.wait(lambda: (page.text(".problem") or "").startswith(wanted), wanted)
        same(page.js("return spoken.textContent"), page.text(".problem"), "what is spoken")
        same(page.text("#hint"), os.path.basename(path), "the name in place of the picture")
    page.shot("problem")
    ratio, where = page.js(CONTRAST)
    assert ratio >= 4.5, f"contrast {ratio:.2f} of {where}"


# -------------------------------------------------- other visitors, other servers

@scenario
def goes_by_keyboard_alone(open_page):
    page = open_page()
    seen = []
    for _ in range(5):
        ActionChains(page.driver).send_keys(Keys.TAB).perform()
        seen.append(page.js("""
            const e = document.activeElement, style = getComputedStyle(e);
            return [e.id || e.name, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]"""))
    same(seen, [[name, True] for name in ("undo", "clear", "image", "classes", "merge_case")],
         "the order, and whether the focus is seen")
    page.shot("focus")
    page.find("input[type=file]").send_keys(THREE)
    same(page.answer(), "digit 3", "the label")
    page.js("form.classes.focus()")
    ActionChains(page.driver).send_keys(Keys.DOWN).perform()
    page.settle()
    same(page.text("#answer h2:last-of-type"), "All 10 characters, in percent", "the classes")
    ActionChains(page.driver).send_keys(Keys.TAB).send_keys(" ").perform()
    assert page.js("return form.merge_case.checked"), "the box is not checked"
    page.draw(A)
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    page.settle()
    same(page.js("return strokes.length"), 1, "strokes after Ctrl-Z")


@scenario
def speaks_the_answer_alone(open_page):
    page = open_page()
    page.draw(A)
    page.settle()
    spoken = [node for node in page.cdp("Accessibility.getFullAXTree")["nodes"]
              if node.get("role", {}).get("value") == "status"]
    same(len(spoken), 1, "live regions")
    assert re.fullmatch(r"capital letter A [>\u202f ]*[\d.]+\u202f%", page.js("return spoken.textContent")), \
        page.js("return spoken.textContent")


@scenario
def uploads_without_scripts(open_page):
    for path in ("/", "/emnist/img_upload"):
        for screen in ("phone", "desktop"):
            page = open_page(path, screen=screen, scripts=False)
            assert not page.find("#drawing").is_displayed(), "there is a canvas"
            page.shot(f"no-scripts-{screen}-start")
            page.find("input[type=file]").send_keys(THREE)
            page.find("#submit button").click()
            page.wait(lambda: page.text(".words b"), "the answer")
            same(page.text(".words b"), "digit 3", "the label")
            for image in page.driver.find_elements(By.CSS_SELECTOR, "figure img"):
                assert int(image.get_property("naturalWidth")) > 0, "a picture is broken"
            page.shot(f"no-scripts-{screen}", whole=True)
            check_rules(page)


@scenario
def shows_several_characters_and_large_type(open_page):
    page = open_page(screen="phone")
    page.draw([[(x, .3), (x, .7), (x + .15, .7)] for x in (.1, .4, .7)])
    page.settle()
    assert page.text(".warning").startswith("There are 3 characters side by side."), page.text(".warning")
    page.shot("several")
    page.js("document.documentElement.style.fontSize = '200%'")
    page.cdp("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=2, mobile=True)
    page.shot("narrow", whole=True)
    width = page.js("return [document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], f"the page is wider than the screen: {width}"


@scenario
def keeps_bars_in_forced_colors(open_page):
    page = open_page()
    page.media(("forced-colors", "active"))
    page.draw(A)
    same(page.answer(), "capital letter A", "the label")
    page.shot("forced-colors")


@scenario
def turns_dark_while_it_is_open(open_page):
    page = open_page()
    page.draw(A)
    page.media(("prefers-color-scheme", "dark"))
    page.wait(lambda: page.js("""
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let brightest = 0;
        for (let i = 0; i < pixels.length; i += 4) brightest = Math.max(brightest, pixels[i]);
        return brightest > 200"""), "light ink")


@scenario
def says_when_the_server_is_gone(open_page):
    server = Server(open_page.emnist)
    page = open_page(url=server.url)
    server.stop()
    page.draw(ONE)
    page.wait(lambda: page.text(".problem") == "The server cannot be reached.", "the problem")


# --------------------------------------------------------------------- running

class Server:
    def __init__(self, emnist):
        self.process = subprocess.Popen([emnist, "serve", "--listen", "127.0.0.1:0"],
                                        stderr=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+", self.process.stderr.readline()).group()

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Opener:
    """Opens pages, and closes those of a scenario at its end."""
    def __init__(self, emnist, url, folder):
        self.emnist, self.url, self.folder, self.pages = emnist, url, folder, []

    def __call__(self, path="/", url=None, **options):
        self.pages.append(Page((url or self.url) + path, folder=self.folder, **options))
        return self.pages[-1]

    def close(self):
        for page in self.pages:
            page.driver.quit()
        self.pages = []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--emnist", default="build/emnist")
    parser.add_argument("--screenshots", default="build/screenshots")
    parser.add_argument("scenarios", nargs="*")
    arguments = parser.parse_args()
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        print("1..0 # SKIP no chromium or no chromedriver")
        return 0
    os.makedirs(arguments.screenshots, exist_ok=True)
    server = Server(os.path.abspath(arguments.emnist))
    opener = Opener(os.path.abspath(arguments.emnist), server.url, arguments.screenshots)
    n_failed = n = 0
    for function in SCENARIOS:
        name = function.__name__.replace("_", " ")
        if arguments.scenarios and not any(word in name for word in arguments.scenarios):
            continue
        n += 1
        try:
            function(opener)
            print(f"ok {n} - {name}", flush=True)
        except Exception as error:
            n_failed += 1
            print(f"not ok {n} - {name}\n#   {type(error).__name__}: {str(error).splitlines()[0]}", flush=True)
        opener.close()
    server.stop()
    print(f"1..{n}")
    return n_failed > 0


if __name__ == "__main__":
    sys.exit(main())
