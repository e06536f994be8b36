//! Why messages do not go out: one table of words.

/// Why a message did not go out, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hindrance {
    /// Its extra condition did not hold.
    ExtraCondition,
    /// The run ended while it was deferred.
    LeftWhileDeferred,
    /// Nobody knows yet who it is.
    NotIdentified,
    /// There is no address for the channel.
    NoAddress,
    /// No mailbox or phone can have the address.
    InvalidAddress,
    /// The address looks mistyped, and the workspace holds such.
    MistypedAddress,
    /// The address is a throw-away one, and the workspace holds such.
    DisposableAddress,
    /// A bounce, a complaint or the platform suppresses the address.
    Suppressed,
    /// Unsubscribed from everything.
    Unsubscribed,
    /// Unsubscribed from the message's topic.
    UnsubscribedTopic,
    /// Unsubscribed from the channel.
    UnsubscribedChannel,
    /// Consent was refused or withdrawn.
    ConsentDenied,
    /// Consent was never given, or it expired, where it is needed.
    ConsentUnknown,
    /// Another offer went out lately.
    OfferLimit,
    /// A message limit is used up.
    MessageLimit,
    /// It is quiet hours.
    QuietHours,
    /// The template did not render.
    TemplateError,
    /// No page view came for an on-site prompt.
    NoPageView,
}

impl Hindrance {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 18] = [
        Self::ExtraCondition,
        Self::LeftWhileDeferred,
        Self::NotIdentified,
        Self::NoAddress,
        Self::InvalidAddress,
        Self::MistypedAddress,
        Self::DisposableAddress,
        Self::Suppressed,
        Self::Unsubscribed,
        Self::UnsubscribedTopic,
        Self::UnsubscribedChannel,
        Self::ConsentDenied,
        Self::ConsentUnknown,
        Self::OfferLimit,
        Self::MessageLimit,
        Self::QuietHours,
        Self::TemplateError,
        Self::NoPageView,
    ];

    /// Documented snake-case word, as results show it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ExtraCondition => "extra_condition",
            Self::LeftWhileDeferred => "left_while_deferred",
            Self::NotIdentified => "not_identified",
            Self::NoAddress => "no_address",
            Self::InvalidAddress => "invalid_address",
            Self::MistypedAddress => "mistyped_address",
            Self::DisposableAddress => "disposable_address",
            Self::Suppressed => "suppressed",
            Self::Unsubscribed => "unsubscribed",
            Self::UnsubscribedTopic => "unsubscribed_topic",
            Self::UnsubscribedChannel => "unsubscribed_channel",
            Self::ConsentDenied => "consent_denied",
            Self::ConsentUnknown => "consent_unknown",
            Self::OfferLimit => "offer_limit",
            Self::MessageLimit => "message_limit",
            Self::QuietHours => "quiet_hours",
            Self::TemplateError => "template_error",
            Self::NoPageView => "no_page_view",
        }
    }
    /// What it means, for people.
    pub const fn text(self) -> &'static str {
        match self {
            Self::ExtraCondition => "the message's extra condition did not hold",
            Self::LeftWhileDeferred => "the run ended while the message was held back",
            Self::NotIdentified => "nobody knows yet who this is",
            Self::NoAddress => "there is no address for this channel",
            Self::InvalidAddress => "the address cannot exist",
            Self::MistypedAddress => "the address looks mistyped",
            Self::DisposableAddress => "the address is a throw-away one",
            Self::Suppressed => "the address bounced, complained or is suppressed",
            Self::Unsubscribed => "the person unsubscribed",
            Self::UnsubscribedTopic => "the person unsubscribed from this topic",
            Self::UnsubscribedChannel => "the person unsubscribed from this channel",
            Self::ConsentDenied => "the person refused consent",
            Self::ConsentUnknown => "the person never gave the consent this needs",
            Self::OfferLimit => "the person got another offer lately",
            Self::MessageLimit => "the person got as many messages as the limit allows",
            Self::QuietHours => "it is quiet hours where the person is",
            Self::TemplateError => "the template could not be rendered",
            Self::NoPageView => "no page view came in time",
        }
    }
}
