//! Python's command line: `[OPTION]... [-c CMD | -m MOD | FILE | -] [ARG]...`.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use terrarium_runtime::config::Config;
use terrarium_runtime::program::Program;

/// What the command line asks for.
pub enum Asked {
    Run {
        program: Program,
        config: Box<Config>,
        audit: bool,
    },
    Version,
    Help,
    /// A usage error: one line.
    Wrong(String),
}

fn text(arg: &OsString) -> String {
    arg.to_string_lossy().into_owned()
}

/// Reads the arguments (the command's own name first) and the environment.
pub fn parse(args: &[OsString]) -> Asked {
    let mut config = Config {
        orig_argv: args.iter().map(text).collect(),
        executable: std::env::current_exe()
            .map_or_else(|_| String::new(), |p| p.to_string_lossy().into_owned()),
        ..Config::default()
    };
    let mut audit = false;
    let mut at = 1;
    let mut program = None;
    while let Some(arg) = args.get(at) {
        let shown = text(arg);
        at += 1;
        match shown.as_str() {
            "-" => program = Some((Program::Stdin, String::from("-"))),
            "--audit" => {
                audit = true;
                continue;
            }
            "--version" => return Asked::Version,
            "--help" => return Asked::Help,
            _ if !shown.starts_with('-') => {
                program = Some((Program::File(PathBuf::from(arg)), shown))
            }
            _ if shown.starts_with("--") => {
                return Asked::Wrong(format!("unknown option {shown} (try terrarium --help)"));
            }
            _ => match letters(&shown[1..], args, &mut at, &mut config) {
                Letters::More => continue,
                Letters::Program(found, name) => program = Some((found, name)),
                Letters::Version => return Asked::Version,
                Letters::Help => return Asked::Help,
                Letters::Wrong(problem) => return Asked::Wrong(problem),
            },
        }
        break;
    }
    environment(&mut config);
    let (mut program, name) = program.unwrap_or_else(|| (Program::Stdin, String::new()));
    if matches!(program, Program::Stdin) && (config.interactive || std::io::stdin().is_terminal()) {
        program = Program::Interactive;
    }
    config.argv = std::iter::once(name)
        .chain(args[at.min(args.len())..].iter().map(text))
        .collect();
    Asked::Run {
        program,
        config: Box::new(config),
        audit,
    }
}

enum Letters {
    More,
    Program(Program, String),
    Version,
    Help,
    Wrong(String),
}

/// One group of single-letter options, as `-Bc`.
fn letters(group: &str, args: &[OsString], at: &mut usize, config: &mut Config) -> Letters {
    for (i, letter) in group.char_indices() {
        let tail = &group[i + letter.len_utf8()..];
        let mut value = || {
            if !tail.is_empty() {
                return Some(tail.to_owned());
            }
            *at += 1;
            args.get(*at - 1).map(text)
        };
        match letter {
            'c' => match value() {
                Some(command) => {
                    return Letters::Program(Program::Command(command + "\n"), "-c".into());
                }
                None => return Letters::Wrong("Argument expected for the -c option".into()),
            },
            'm' => match value() {
                Some(module) => return Letters::Program(Program::Module(module), "-m".into()),
                None => return Letters::Wrong("Argument expected for the -m option".into()),
            },
            'W' | 'X' => match value() {
                Some(option) if letter == 'W' => {
                    config.warn_options.push(option);
                    return Letters::More;
                }
                Some(option) => {
                    config.x_options.push(option);
                    return Letters::More;
                }
                None => {
                    return Letters::Wrong(format!("Argument expected for the -{letter} option"));
                }
            },
            'O' => config.optimize = (config.optimize + 1).min(2),
            'B' => config.write_bytecode = false,
            'u' => config.unbuffered = true,
            'q' => config.quiet = true,
            'v' => config.verbose += 1,
            'i' => config.interactive = true,
            'E' => config.ignore_environment = true,
            's' => config.no_user_site = true,
            'S' => config.no_site = true,
            'P' => config.safe_path = true,
            'I' => {
                config.isolated = true;
                config.ignore_environment = true;
                config.no_user_site = true;
                config.safe_path = true;
            }
            'b' | 'd' | 'x' | 'R' => {}
            'V' => return Letters::Version,
            'h' | '?' => return Letters::Help,
            other => return Letters::Wrong(format!("Unknown option: -{other}")),
        }
    }
    Letters::More
}

fn environment(config: &mut Config) {
    if config.ignore_environment {
        return;
    }
    let set = |name: &str| std::env::var(name).is_ok_and(|v| !v.is_empty());
    if set("PYTHONDONTWRITEBYTECODE") {
        config.write_bytecode = false;
    }
    if set("PYTHONUNBUFFERED") {
        config.unbuffered = true;
    }
    if set("PYTHONSAFEPATH") {
        config.safe_path = true;
    }
    if let Ok(level) = std::env::var("PYTHONOPTIMIZE")
        && !level.is_empty()
    {
        config.optimize = config.optimize.max(level.parse::<u8>().unwrap_or(1).min(2));
    }
}
